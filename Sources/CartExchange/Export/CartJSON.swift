import CartModel
import CartSupport

/// A cart as JSON, with the field names of the Lua API.
public enum CartJSON {
  /// The fields of its object; its lines are an array.
  private static let fields: [(field: CartField, list: String?)] =
    CartField.all.filter { $0.isExported && $0 != .lines }
    .map { ($0, $0.column == $0.name ? nil : $0.column) }

  /// - Parameter status: the status at some moment; nil writes the stored state.
  public static func write(
    _ cart: Cart, status: Status?, _ settings: StoreSettings, _ writer: inout JSONWriter
  ) {
    let context = FilterContext(now: cart.updated, settings: settings)
    let totals = try? cart.price(settings)
    writer.object { writer in
      for (field, list) in fields {
        if let status, field.readsClock {
          writer.string(field.name, status.rawValue)
          continue
        }
        let value = field.exported(cart, context, totals)
        guard let list else {
          write(field.name, value, &writer)
          continue
        }
        // A list, and its first value.
        write(list, value, &writer)
        writer.string(field.name, value.groups.first ?? "")
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
        for line in cart.lines { writer.object { members(LineRecord(line, cart), &$0) } }
      }
    }
  }

  private static func writeAddresses(_ shopper: Shopper, _ writer: inout JSONWriter) {
    for (name, shipping) in [("billing_address", false), ("shipping_address", true)] {
      let known = shopper.fields.filter {
        $0.field.isAddress && $0.field.isShipping == shipping
      }
      if !known.isEmpty {
        writer.object(name) { for entry in known { $0.string(entry.field.key, entry.value) } }
      }
    }
  }

  /// A customer of the shop, with the names of the fields of a cart.
  static func write(customer key: String, _ shopper: Shopper, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.string("customer_id", key)
      for field in CartField.all {
        switch field.stored {
        case nil, .customer?: break
        case .type?:
          writer.string(field.name, shopper.isRegistered ? "registered" : "guest")
        case let stored?: writer.string(field.name, shopper[stored])
        }
      }
      writeAddresses(shopper, &writer)
    }
  }

  public static func write(_ record: OrderRecord, _ writer: inout JSONWriter) {
    writer.object { writer in
      write(record, RecordField.orders, &writer)
      writer.array("lines") { writer in
        for line in record.order.lines {
          writer.object {
            $0.string("sku", line.sku)
            $0.string("name", line.name)
            write(line.options, &$0)
            $0.number("quantity", line.quantity)
            $0.string("price", line.price.text(record.cart.currency))
          }
        }
      }
    }
  }

  static func write(_ product: Product, _ writer: inout JSONWriter) {
    writer.object {
      write(product, RecordField.products, &$0)
      EventEncoder.writeLists(of: product.details, &$0)
    }
  }

  /// An entry as `import --as-type blacklist` reads it.
  static func write(_ entry: ListEntry, _ writer: inout JSONWriter) {
    writer.object {
      $0.string("list", entry.list.name)
      $0.string(entry.pattern.kind.name, entry.pattern.text)
      $0.known("reason", entry.reason)
      $0.known("tell", entry.tell)
      $0.string("author", entry.author.description)
      $0.string("created", entry.created.description)
      if let expires = entry.expires { $0.string("expires", expires.description) }
    }
  }

  static func members(_ record: LineRecord, _ writer: inout JSONWriter) {
    write(record, RecordField.lines, &writer)
    write(record.line.options, &writer)
  }

  private static func write<Record>(
    _ record: Record, _ fields: [RecordField<Record>], _ writer: inout JSONWriter
  ) {
    for field in fields where field.isKey {
      let value = field.value(record)
      if field.isOptional, value.isUnknown {
        writer.null(field.key)
      } else {
        write(field.key, value, &writer)
      }
    }
  }

  private static func write(_ options: [Line.Option], _ writer: inout JSONWriter) {
    writer.object("options") { for option in options { $0.string(option.name, option.value) } }
  }

  static func write(_ name: String, _ value: CartValue, _ writer: inout JSONWriter) {
    switch value {
    case .number(let number): writer.number(name, number)
    case .flag(let flag): writer.bool(name, flag)
    case .texts(let list): writer.array(name) { for text in list { $0.string(nil, text) } }
    case .text, .amount, .time, .span, .status: writer.string(name, value.description)
    }
  }
}
