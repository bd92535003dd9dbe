import CartEngine
import CartModel

/// When shoppers make carts: hours of the day by days of the week, on the shop's clock.
enum Hours {
  static let report = Report(name: "hours", title: "When carts are made: hour and weekday") { run in
    var tally = Tally<Int>(width: 9)
    let zone = run.zone
    try run.forEachCart { cart in
      let civil = zone.civil(cart.created)
      let day = Int(civil.isoWeekday) - 1
      tally.add(
        Int(civil.hour), cart.key,
        (0..<7).map { $0 == day ? 1 : 0 } + [1, cart.isHuman ? 1 : 0])
    }
    var table = run.table(
      [.init("hour", "text", "of the day, by the shop's time zone")]
        + Dimension.TimePart.weekdays.map {
          .init($0, "integer", "carts created on that day of the week")
        }
        + [.init("all", "integer", "on all days"), .init("human", "integer", "of people")],
      (0..<24).map { hour in
        [.text((hour < 10 ? "0" : "") + "\(hour)")] + tally[hour].sums.map { .count($0) }
      })
    table.chart = Chart(.heat, names: 0, series: Array(1...7))
    table.comparable = ["all"]
    table.drill = Drill(columns: Array(1...9), rows: (0..<24).map { tally[$0].carts })
    table.totals = [.text("all")] + tally.sums().map { .count($0) }
    return table
  }
}
