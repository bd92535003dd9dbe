import CartConsole
import CartTesting
import ProgramTesting
import Testing

/// Reports that scripts define and run.
struct ScriptReportTests {
  @Test func aReportOfOnesOwnHasItsCartsBehindIt() throws {
    let harness = try ConsoleHarness()
    expectGolden(
      harness.transcript(
        """
        report "dear" { title = "Carts by what they cost", run = function(q) local rows = {} \
        for _, country in ipairs { "DE", "AT" } do local sum, carts = money "0", {} \
        for c in carts_of(country, q) do sum = sum + c.total; carts[#carts + 1] = c end \
        rows[#rows + 1] = { country, #carts, sum, carts = carts } end \
        return { columns = { { name = "country" }, { name = "carts", type = "integer" }, \
        { name = "total", type = "money" } }, rows = rows } end }
        """,
        "function carts_of(country, q) return carts{ 'total>20', country = country } end",
        ".report dear", ".drill 1", ".drill 3",
        "report 'ids' { run = function() local id = carts{}:first().id return { columns = {{name='a'}}, "
          + "rows = {{'x', carts = {id}}, {'y'}} } end }", ".report ids", ".drill 1", ".drill 2",
        "report 'bad' { run = function() return { columns = {{name='a'}}, rows = {{'x', cart = {}}} } end }",
        ".report bad",
        "report 'odd' { run = function() return { columns = {{name='a'}}, rows = {{'x', carts = {1}}} } end }",
        ".report odd"), "script-reports")
  }

  @Test func reportsOfASpanAndTheOneBefore() throws {
    let harness = try ConsoleHarness()
    expectGolden(
      harness.transcript(
        "o = reports.run('overview', {period = 'yesterday', by = 'day', compare = true})",
        "for i, column in ipairs(o.columns) do print(column.name, o.rows[1][i]) end",
        "reports.run('overview', {period = 'yesterday'}).totals[2]",
        "reports.run('overview', {since = '2026-10-30', ['until'] = '2026-10-31'}).totals[2]",
        "reports.run('overview', {period = 'yestrday'})",
        "reports.run('overview', {period = 'yesterday', since = '1d'})",
        "reports.run('overview', {compare = true})",
        "reports.run('overview', {compare = 'yes', since = '1d'})",
        "reports.run('funnel', {compare = true, since = '1d'}).columns[3].name",
        ".report overview compare=yes", ".report overview period=yesterday by=day compare=yes"),
      "script-spans")
  }
}
