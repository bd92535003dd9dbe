import ArgumentParser
import CartApplication
import CartStoreSQLite

/// Options of every command; the same names as those of `cartio`.
struct ServiceOptions: ParsableArguments {
  @Option(help: "Where things live (else $CARTIO_HOME, else the data folder of XDG).")
  var home: String?
  @Option(help: "The database (else $CARTIO_DB, else cartio.db in the home).")
  var db: String?
  @Option(help: "The folder of rules and reports (else $CARTIO_RULES).")
  var rules: String?
  @Option(name: .customLong("as"), help: ArgumentHelp("Who you are.", visibility: .hidden))
  var staff: String?
  @Flag(help: "Yes to all that may be asked.")
  var yes = false

  /// - Parameter folder: instead of the one that the options mean.
  func selectedHome(in folder: String? = nil) throws -> Home {
    var home = try Home(
      SQLiteStorageFactory(), home: folder ?? self.home, database: db, rules: rules, staff: staff)
    for note in home.notes { Terminal.say("note: " + note) }
    home.say = { Terminal.say($0) }
    home.access.saysYes = yes
    return home
  }
}
