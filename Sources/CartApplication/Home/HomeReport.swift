import CartEngine
import CartModel
import CartRules
import CartScripting
import CartStorage
import CartSupport
import Glibc

/// What state a home is in: its settings, rules and database.
public struct HomeReport {
  private var home: Home

  /// - Parameter home: is only read.
  public init(_ home: Home) {
    self.home = home
    self.home.access.isReadOnly = true
  }

  /// What keeps settings, rules or the database from being used, and secrets from being secret.
  public var problems: [String] {
    var problems: [String] = []
    do throws(EngineError) { _ = try SettingsFile.load(home.settingsPath) } catch {
      problems.append("\(home.settingsPath): \(error.message)")
    }
    do throws(ApplicationError) { _ = try home.connection() } catch {
      problems.append(error.message)
    }
    for name in Files.list(home.rulesFolder) where name.hasSuffix(".lua") {
      let path = home.rulesFolder + "/" + name
      do {
        let findings = try RuleFolder.findings(path)
        problems += findings.filter(\.isError).map { "\(path):\($0.line): \($0.message)" }
      } catch { problems.append(ApplicationError(error).message) }
    }
    guard Files.exists(home.databasePath) else { return problems }
    do { try home.openShop().close() } catch { problems.append(ApplicationError(error).message) }
    return problems
  }

  /// The shop's name and how many carts it has, or why there is none.
  public var shop: String {
    guard Files.exists(home.databasePath) else {
      return "no database yet; the first command makes it, or 'cartio practice' a "
        + "practice store"
    }
    guard let shop = try? home.openShop() else { return "cannot be read" }
    defer { shop.close() }
    guard let carts = try? shop.store.cartCount() else { return "cannot be read" }
    let isWritable = access(home.databasePath, W_OK) == 0
    return "\(shop.settings.name), \(CountText.carts(Int(carts)))"
      + (isWritable ? "" : "; may only be read by \(home.staff)")
  }

  /// Rules that judge no more because they made changes slow, with why.
  public var suspendedRules: [String] {
    guard Files.exists(home.databasePath), let shop = try? home.openShop() else { return [] }
    defer { shop.close() }
    let handler = CommandHandler(shop, actor: .staff(home.staff))
    let book = RuleBook(handler, folder: home.rulesFolder)
    return ((try? book.rules()) ?? []).filter(\.isSuspended).map { rule in
      let since = rule.setBy.map { " since " + shop.zone.text($0.at) } ?? ""
      return "rule \(rule.name)\(since), \(rule.setting.reason)"
    }
  }
}
