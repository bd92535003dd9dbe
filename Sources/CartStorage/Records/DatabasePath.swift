/// The path under which SQLite opens a file: its special names (`:memory:`, an empty one) and URIs
/// (`file:…`) are names of files here.
public func databaseFile(_ path: String) -> String {
  path.isEmpty || path.hasPrefix(":") || path.lowercased().hasPrefix("file:") ? "./" + path : path
}
