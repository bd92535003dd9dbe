import CartModel
import CartStorage
import CartStoreSQLite
import CartTesting
import Glibc
import ProgramTesting
import Testing

/// A job that was interrupted goes on with the text that it began with, or not at all.
@Suite(.serialized)
struct JobResumeTests {
  let folder = TemporaryFolder()
  var program: Program { Program(folder) }

  private static let script = """
    local mug = require "mug"
    carts{status='any'}:each(function(c) mug.add(c) print('.') end)
    """
  private static let module = "return {add = function(c) c:add('TEA-01') end}"

  private func write(script: String = Self.script, module: String = Self.module) {
    folder.write("job.lua", script)
    mkdir(folder.file("lib"), 0o755)
    folder.write("lib/mug.lua", module)
  }

  /// Kills a run in the middle and gives how many carts it had done.
  private func interrupt() throws -> String {
    var lines = """
      {"type":"product.upserted","at":"2026-11-01T07:00:00Z","sku":"TEA-01","name":"Tea","price":"4.20","currency":"EUR"}

      """
    for cart in 1...1400 {
      lines += """
        {"type":"line.added","at":"2026-11-01T07:00:00Z","cart":"cart\(10_000 + cart)","sku":"MUG-01","name":"Mug","quantity":1,"price":"12.99"}

        """
    }
    #expect(program.run("import", "-", input: lines).status == 0)
    write()
    let conversation = program.converse(["run", folder.file("job.lua"), "--yes"])
    for _ in 0..<1100 { #expect(conversation.read(until: ".\n") != nil) }
    conversation.kill()
    #expect(conversation.finish() == 128 + SIGKILL)
    return program.run("-e", "return jobs()[1].done").output.filter { $0 != "\n" }
  }

  private func refusal(_ reason: String, done: String) -> String {
    """
    error: job 1: \(reason). Nothing was changed. \(done) of 1400 carts were done before; \
    'cartio undo 2' reverts them. To go on, put the old text back; else start anew with 'cartio run \
    \(folder.file("job.lua"))'

    """
  }

  @Test func aChangedScriptIsRefusedAndTheOldOneGoesOn() throws {
    let done = try interrupt()
    let events = program.run("check").output
    write(script: "carts{status='any'}:each(function(c) c:delete('evil edit') end)")
    for _ in 0..<2 {
      let refused = program.run("jobs", "resume", "1", "--yes")
      #expect(refused.status == 1)
      #expect(
        refused.messages
          == refusal("'job.lua' is not the text that the job began with", done: done))
    }
    write(module: Self.module + " -- other")
    #expect(
      program.run("jobs", "resume", "1", "--yes").messages
        == refusal("the module 'lib/mug.lua' is not the text that the job began with", done: done))
    #expect(unlink(folder.file("lib/mug.lua")) == 0)
    #expect(program.run("jobs", "resume", "1", "--yes").status == 1)
    #expect(program.run("check").output == events)
    write()
    let resumed = program.run("jobs", "resume", "1", "--yes")
    #expect(resumed.status == 0, "\(resumed.messages)")
    #expect(
      program.run("-e", "return carts{status='any', sku='TEA-01'}:count()").output == "1400\n")
    #expect(program.run("check").status == 0)
  }

  @Test func aJobOfAnOlderVersionHasNoDigestAndIsRefused() throws {
    let done = try interrupt()
    do {
      let store = try SQLiteStorageFactory().open(.file(folder.file("cartio.db")), random: { 1 })
      let path = folder.file("job.lua")
      try store.write(recorded: Timestamp(milliseconds: 0)) {
        try $0.set(origin: #"{"script":"\#(path)","arguments":[]}"#, ofJob: 1)
      }
    }
    let refused = program.run("jobs", "resume", "1", "--yes")
    #expect(refused.status == 1)
    #expect(
      refused.messages
        == refusal(
          "an older version of cartio began it and kept no digest of 'job.lua', so that a change of "
            + "the script cannot be noticed", done: done))
  }
}
