import CartModel
import CartSupport

/// Text as HTML shows it: nothing in it acts.
func escapedHTML(_ text: String) -> String {
  printable(text).reduce(into: "") { out, character in
    switch character {
    case "&": out += "&amp;"
    case "<": out += "&lt;"
    case ">": out += "&gt;"
    case "\"": out += "&quot;"
    case "'": out += "&#39;"
    default: out.append(character)
    }
  }
}

/// A number of pixels, with at most two decimals: equal figures give equal bytes. What is no number
/// of pixels is 0.
func pixels(_ value: Double) -> String {
  let hundredths = Int64(exactly: (value * 100).rounded()) ?? 0
  let (whole, part) = (hundredths.magnitude / 100, hundredths.magnitude % 100)
  let sign = hundredths < 0 ? "-" : ""
  if part == 0 { return "\(sign)\(whole)" }
  return "\(sign)\(whole)." + (part % 10 == 0 ? "\(part / 10)" : part < 10 ? "0\(part)" : "\(part)")
}
