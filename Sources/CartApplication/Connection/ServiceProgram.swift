import CartSupport

/// The program that connects a shop to its store; it alone knows the network.
public enum ServiceProgram {
  /// Beside the program that runs, whatever link it was started by.
  public static var path: String {
    Files.folder(Files.canonical("/proc/self/exe")) + "/cartio-serve"
  }
}
