import CartModel
import CartSupport

/// A cart as JSON, with the field names of the Lua API.
public enum CartJSON {
  /// - Parameter status: the status at some moment; nil writes the stored state.
  public static func write(
    _ cart: Cart, status: Status?, _ settings: StoreSettings, _ writer: inout JSONWriter
  ) {
    let context = FilterContext(now: cart.updated, settings: settings)
    let totals = try? cart.price(settings)
    writer.object { writer in
      for field in CartField.all where !field.isOfLines {
        switch field {
        case .status: writer.string("status", status?.rawValue ?? cart.state.description)
        case .coupon:
          writer.array("coupons") { for code in cart.coupons { $0.string(nil, code) } }
          writer.string("coupon", cart.coupons.first ?? "")
        // They depend on the clock, or stand below as lists.
        case .idle, .claimedBy, .lines, .notes: break
        default: write(field.name, field.value(cart, context, totals), &writer)
        }
      }
      if let claim = cart.claim {
        writer.object("claim") {
          $0.string("by", claim.by)
          $0.string("until", claim.until.description)
        }
      }
      if !cart.notes.isEmpty {
        writer.array("notes") { writer in
          for note in cart.notes {
            writer.object {
              $0.string("at", note.at.description)
              $0.string("by", note.by)
              $0.string("text", note.text)
            }
          }
        }
      }
      writeAddresses(cart.shopper, &writer)
      if !cart.attributes.isEmpty {
        writer.object("attributes") { writer in
          for attribute in cart.attributes { writer.string(attribute.name, attribute.value) }
        }
      }
      writer.array("lines") { writer in
        for line in cart.lines { writer.object { members(line, cart, &$0) } }
      }
    }
  }

  private static func writeAddresses(_ shopper: Shopper, _ writer: inout JSONWriter) {
    for (name, shipping) in [("billing_address", false), ("shipping_address", true)] {
      let known = shopper.fields.filter {
        $0.field.isAddress && TableShopper.isShipping($0.field) == shipping
      }
      if !known.isEmpty {
        writer.object(name) { for entry in known { $0.string(entry.field.key, entry.value) } }
      }
    }
  }

  private static let customerFields: [ShopperField] = [
    .session, .ip, .country, .browser, .email, .name, .phone, .company, .group,
  ]

  /// A customer of the shop, with the names of the fields of a cart.
  static func write(customer key: String, _ shopper: Shopper, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.string("customer_id", key)
      writer.string("shopper_type", shopper.isRegistered ? "registered" : "guest")
      for field in customerFields { writer.string(TableShopper.name(field), shopper[field]) }
      writeAddresses(shopper, &writer)
    }
  }

  public static func write(_ order: Order, _ cart: Cart, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.string("order", order.id)
      writer.string("cart", cart.id)
      writer.string("at", order.at.description)
      writer.string("status", order.state.description)
      writer.string("total", order.total.description)
      writer.string("currency", cart.currency.code)
      writer.string("email", cart.shopper[.email])
      writer.array("lines") { writer in
        for line in order.lines {
          writer.object {
            $0.string("sku", line.sku)
            $0.string("name", line.name)
            write(line.options, &$0)
            $0.number("quantity", line.quantity)
            $0.string("price", line.price.text(cart.currency))
          }
        }
      }
    }
  }

  static func members(_ line: Line, _ cart: Cart, _ writer: inout JSONWriter) {
    writer.string("id", line.id)
    writer.string("sku", line.sku)
    writer.string("name", line.name)
    writer.number("quantity", line.quantity)
    writer.string("price", line.price.text(cart.currency))
    writer.string("total", (try? cart.amount(of: line))?.description ?? "")
    writer.string("currency", cart.currency.code)
    write(line.options, &writer)
    writer.string("image", line.image)
  }

  private static func write(_ options: [Line.Option], _ writer: inout JSONWriter) {
    writer.object("options") { for option in options { $0.string(option.name, option.value) } }
  }

  private static func write(_ name: String, _ value: CartValue, _ writer: inout JSONWriter) {
    switch value {
    case .number(let number): writer.number(name, number)
    case .flag(let flag): writer.bool(name, flag)
    case .texts(let list): writer.array(name) { for text in list { $0.string(nil, text) } }
    case .text, .amount, .time, .span, .status: writer.string(name, value.description)
    }
  }
}
