import NIOCore

/// Counts the bytes that a connection sends without getting on: a head, or trailers, over the limit.
final class HeadLimiter: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private let limit: Int
  private let connection: Connection
  private var counted = 0
  private var progress = 0

  init(_ limit: Int, _ connection: Connection) {
    (self.limit, self.connection) = (limit, connection)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var buffer = unwrapInboundIn(data)
    connection.bytesArrived()
    // In slices, so that the parser keeps at most one more byte than the limit.
    while buffer.readableBytes > 0, connection.takesInput {
      let length = min(1_024, buffer.readableBytes, limit - counted + 1)
      guard let slice = buffer.readSlice(length: length) else { return }
      counted += length
      context.fireChannelRead(wrapInboundOut(slice))
      if connection.progress != progress {
        (progress, counted) = (connection.progress, 0)
      } else if counted > limit {
        connection.refuse(431)
      }
    }
  }
}
