import NIOCore
import NIOHTTP1

/// One connection: its requests in order, their answers in the same order, and its deadlines.
///
/// All of it happens on the connection's event loop.
final class Connection: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart
  typealias Handler = @Sendable (HTTPServerRequest, HTTPResponder) -> Void

  private let configuration: HTTPServerConfiguration
  private let handler: Handler
  private let registry: ConnectionRegistry
  private var context: ChannelHandlerContext?
  private var assembler: RequestAssembler
  private var answers = AnswerQueue()
  private var clock = ConnectionClock()
  /// Grows with each part of a request.
  private(set) var progress = 0
  /// False once it is going to close: no further request is taken.
  private(set) var takesInput = true
  private var holdsRead = false
  private var owesContinue = false
  private var isLingering = false

  init(
    _ configuration: HTTPServerConfiguration, _ registry: ConnectionRegistry,
    _ handler: @escaping Handler
  ) {
    (self.configuration, self.registry, self.handler) = (configuration, registry, handler)
    assembler = RequestAssembler(limit: configuration.limits.body)
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    // Who connects is to send a request.
    clock.begin()
    arm()
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    clock.cancel()
    self.context = nil
  }

  func channelInactive(context: ChannelHandlerContext) {
    takesInput = false
    clock.cancel()
    answers.removeAll()
    context.fireChannelInactive()
  }

  // MARK: Requests

  func bytesArrived() {
    guard clock.start == nil, takesInput else { return }
    clock.begin()
    arm()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard takesInput else { return }
    let part = unwrapInboundIn(data)
    progress += 1
    // It began within the bytes of the request before it.
    if clock.start == nil { clock.begin() }
    switch assembler.add(part, peer: context.channel.remoteAddress?.ipAddress ?? "") {
    case .more: if case .head = part { arm() }
    case .wantsContinue:
      owesContinue = true
      sendContinue(context)
      arm()
    case .refused(let status): refuse(status)
    case .whole(let request, let keepsAlive): take(request, keepsAlive, context)
    }
  }

  private func take(
    _ request: HTTPServerRequest, _ keepsAlive: Bool, _ context: ChannelHandlerContext
  ) {
    clock.end()
    owesContinue = false
    let keepsAlive = keepsAlive && !registry.isStopping
    let id = answers.open(hasBody: request.method != "HEAD", keepsAlive: keepsAlive, .now())
    registry.tookRequest(ObjectIdentifier(self))
    if !keepsAlive { takesInput = false }
    arm()
    let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
    let (loop, registry) = (context.eventLoop, registry)
    handler(
      request,
      HTTPResponder { answer in
        registry.execute(on: loop) { bound.value.settle(id, answer) }
      })
  }

  private func sendContinue(_ context: ChannelHandlerContext) {
    // Answers to requests before it come first.
    guard owesContinue, answers.isEmpty else { return }
    owesContinue = false
    let head = HTTPResponseHead(version: .http1_1, status: .continue)
    context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
  }

  /// Answers what cannot be taken, behind the answers that are due before it, and closes.
  func refuse(_ status: Int) {
    guard takesInput else { return }
    takesInput = false
    clock.end()
    let id = answers.open(hasBody: true, keepsAlive: false, .now())
    settle(id, .response(HTTPServerResponse(status)))
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard error is HTTPParserError else { return context.close(promise: nil) }
    refuse((error as? HTTPParserError) == .headerOverflow ? 431 : 400)
  }

  // MARK: Answers

  private func settle(_ id: Int, _ answer: HTTPResponder.Answer) {
    guard let context else { return }
    switch answer {
    case .drop:
      answers.removeAll()
      context.close(promise: nil)
    case .response(let response):
      answers.settle(id, response)
      while let (response, slot) = answers.popReady() { write(response, slot, context) }
      context.flush()
      proceed(context)
    }
  }

  private func write(
    _ response: HTTPServerResponse, _ slot: AnswerQueue.Slot, _ context: ChannelHandlerContext
  ) {
    var headers = HTTPHeaders(response.headers)
    headers.replaceOrAdd(name: "content-length", value: String(response.body.count))
    let stays = slot.keepsAlive && (takesInput || !answers.isEmpty)
    headers.replaceOrAdd(name: "connection", value: stays ? "keep-alive" : "close")
    let head = HTTPResponseHead(
      version: .http1_1, status: HTTPResponseStatus(statusCode: response.status), headers: headers)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    if slot.hasBody, !response.body.isEmpty {
      let buffer = context.channel.allocator.buffer(bytes: response.body)
      context.write(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
    }
    context.write(wrapOutboundOut(.end(nil)), promise: nil)
  }

  /// After an answer: the next request, or the end.
  private func proceed(_ context: ChannelHandlerContext) {
    if answers.isEmpty {
      if !takesInput {
        linger(context)
      } else {
        sendContinue(context)
      }
    }
    arm()
    if holdsRead, !isFull(context) {
      holdsRead = false
      context.read()
    }
  }

  /// Reads on for a moment, or the system would throw away the answer with what is unread.
  private func linger(_ context: ChannelHandlerContext) {
    guard !isLingering else { return }
    isLingering = true
    clock.end()
    context.close(mode: .output, promise: nil)
  }

  private func isFull(_ context: ChannelHandlerContext) -> Bool {
    takesInput
      && (answers.count >= configuration.limits.pipelined || !context.channel.isWritable)
  }

  func read(context: ChannelHandlerContext) {
    guard !isFull(context) else {
      holdsRead = true
      return
    }
    context.read()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    proceed(context)
    context.fireChannelWritabilityChanged()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard case .inputClosed? = event as? ChannelEvent else {
      return context.fireUserInboundEventTriggered(event)
    }
    // The client sends no more, and may still read.
    takesInput = false
    clock.end()
    if answers.isEmpty { context.close(promise: nil) } else { arm() }
  }

  // MARK: Deadlines

  /// Sets the timer for what the connection waits for now.
  private func arm() {
    guard let context else { return }
    let deadlines = configuration.deadlines
    let time: NIODeadline
    let act: (Connection) -> Void
    if isLingering {
      (time, act) = (clock.ended + .milliseconds(deadlines.linger), { $0.close() })
    } else if let start = clock.start {
      let limit = assembler.head == nil ? deadlines.head : deadlines.request
      (time, act) = (start + .milliseconds(limit), { $0.refuse(408) })
    } else if let slot = answers.first {
      (time, act) = (slot.taken + .milliseconds(deadlines.answer), { $0.giveUp(slot.id) })
    } else {
      (time, act) = (clock.ended + .milliseconds(deadlines.idle), { $0.close() })
    }
    let bound = NIOLoopBound((self, act), eventLoop: context.eventLoop)
    clock.set(time, context.eventLoop) { bound.value.1(bound.value.0) }
  }

  private func close() { context?.close(promise: nil) }

  /// The handler does not answer.
  private func giveUp(_ id: Int) {
    takesInput = false
    settle(id, .response(HTTPServerResponse(503)))
  }

  /// Ends with the requests that were taken.
  func stop() {
    // What has sent a whole head is waited for until its deadline.
    if clock.start != nil, assembler.head != nil { return }
    takesInput = false
    clock.end()
    if answers.isEmpty { close() } else { arm() }
  }
}
