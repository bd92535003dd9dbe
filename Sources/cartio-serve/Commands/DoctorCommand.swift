import ArgumentParser
import CartApplication

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "The state of the connection; 'cartio doctor' shows it.")

  @OptionGroup var options: ServiceOptions

  func run() throws {
    throw ExitCode(finish { try ConnectionReport(try options.selectedHome()).print() })
  }
}
