import CartApplication
import CartReports

/// What verbs and chunks work with: an open home, the screen, and what the session has shown.
final class Workspace {
  let application: Application
  let screen: Screen
  /// What `@`, `@3` and `#2` mean.
  var shown = Shown()
  /// What `.drill` opens.
  var lastReport: ReportTable?
  /// The key of the plan last shown: it is not shown twice.
  var shownPlan: String?
  /// Where `run --plan` writes its plan.
  var planTarget: String?
  /// With what the program ends, unless more happens.
  var exit = ExitStatus.done

  init(_ application: Application, _ screen: Screen) {
    (self.application, self.screen) = (application, screen)
  }
}
