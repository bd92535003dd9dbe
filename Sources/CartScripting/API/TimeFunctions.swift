import CartEngine
import CartModel
import CartSupport
import LuaKit

/// Clock and calendar: the run's fixed clock, the store's time zone.
enum TimeFunctions {
  static let all: [ScriptFunction] = [
    ScriptFunction(
      "now", .pure, returns: "number", noting: .clock, "The run's clock, in epoch seconds."
    ) { call in
      [ScriptSession.seconds(call.clock)]
    },
    ScriptFunction(
      "duration", .pure, [.required("text", "string", grammar: .span)], returns: "integer",
      noting: .nothing,
      "Seconds of a span: duration\"2h\"; units s m h d w."
    ) { call in [.integer(try Span(try call.text(0)).milliseconds / 1000)] },
    ScriptFunction(
      "time", .pure, [.required("text", "string", grammar: .time)], returns: "number",
      noting: .clock,
      "Epoch seconds of a text as \"2026-11-01 14:00\", in the store's time zone."
    ) { call in
      let (text, session) = (try call.text(0), call.session)
      let time = try session.parser.time(text)
      if session.watchesClock, try session.parser(at: session.laterClock).time(text) != time {
        _ = call.clock
      }
      return [ScriptSession.seconds(time)]
    },
    ScriptFunction(
      "date", .pure,
      [
        .optional("time", "number|string", grammar: .time),
        .optional("format", "string", grammar: .dateFormat),
      ],
      returns: "string|calendar", noting: .clock,
      "A time as text, in the store's time zone; \"*t\" gives a table, %-letters as in os.date, "
        + "\"!\" before them means UTC."
    ) { call in
      let at = call[0] == .nil ? call.clock : try call.time(0)
      var format = try call.optionalText(1) ?? "%Y-%m-%d %H:%M:%S"
      let isUTC = format.hasPrefix("!")
      if isUTC { format.removeFirst() }
      let civil = isUTC ? CivilTime(at, offset: 0) : call.handler.shop.zone.civil(at)
      guard format.utf8.count <= formatLimit else {
        throw call.failure(1, "at most \(formatLimit) bytes", "\(format.utf8.count)")
      }
      if format == "*t" {
        return [
          .record([
            ("day", .integer(civil.day)), ("hour", .integer(civil.hour)),
            ("min", .integer(civil.minute)), ("month", .integer(civil.month)),
            ("sec", .integer(civil.second)), ("wday", .integer(civil.weekday)),
            ("year", .integer(civil.year)),
          ])
        ]
      }
      return [.string(try text(civil, format))]
    },
  ]

  private static let formatLimit = 4096

  /// - Throws: for a letter that `date` does not have.
  static func check(format: String) throws {
    let format = format.hasPrefix("!") ? String(format.dropFirst()) : format
    if format != "*t" { _ = try text(CivilTime(Timestamp(milliseconds: 0), offset: 0), format) }
  }

  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]
  private static let days = [
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
  ]

  private static func text(_ civil: CivilTime, _ format: String) throws -> String {
    var (out, isMark) = ("", false)
    for character in format {
      guard isMark else {
        if character == "%" { isMark = true } else { out.append(character) }
        continue
      }
      isMark = false
      switch character {
      case "Y": out += civil.yearText
      case "y": out += two(((civil.year % 100) + 100) % 100)
      case "m": out += two(civil.month)
      case "d": out += two(civil.day)
      case "H": out += two(civil.hour)
      case "I": out += two((civil.hour + 11) % 12 + 1)
      case "M": out += two(civil.minute)
      case "S": out += two(civil.second)
      case "p": out += civil.hour < 12 ? "AM" : "PM"
      case "A": out += days[Int(civil.weekday) - 1]
      case "a": out += days[Int(civil.weekday) - 1].prefix(3)
      case "B": out += months[Int(civil.month) - 1]
      case "b": out += months[Int(civil.month) - 1].prefix(3)
      case "F": out += civil.dateText
      case "T": out += civil.clockText
      case "%": out += "%"
      default:
        throw LuaRaise(
          "date: expected one of %Y %y %m %d %H %I %M %S %p %A %a %B %b %F %T, got '%\(character)'")
      }
    }
    guard !isMark else { throw LuaRaise("date: the format ends in '%'") }
    return out
  }

  private static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
