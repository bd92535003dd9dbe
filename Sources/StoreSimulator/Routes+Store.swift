import CartSupport

/// Operations on the store itself: its data, settings, scripts and tokens of mails.
enum StoreRoutes {
  private static let information = "store_v2_information"
  private static let pages: [String: Shape] = ["page": .int, "limit": .int]

  static let all: [Route] =
    [
      Route("GET", "v2/store", scope: information) { store, _ in .bare(describe(store)) },
      Route("GET", "v2/time", scope: nil) { store, _ in
        .bare(.record(["time": .int((store.now + store.configuration.clockDrift) / 1_000)]))
      },
      Route("GET", "v2/currencies", scope: information, query: pages) { _, call in
        guard call.page == 1 else { return .empty }
        return .bare(.array(SimulatedCurrency.all.map(currency)))
      },
      Route(
        "GET", "v3/channels", scope: "store_channel_settings",
        query: pages.merging([
          "include": .list(.oneOf(["currencies"])), "available": .bool, "status:in": .text,
          "type:in": .text, "platform:in": .text,
        ]) { $1 }
      ) { store, call in
        .page([channel(1, "bigcommerce"), channel(2, "catalyst")], call)
      },
      Route("GET", "v3/promotions/settings", scope: "store_v2_marketing") { store, _ in
        // Bare in v3, as the specification has it.
        .bare(
          .record([
            "promotions_apply_on_products_with_custom_product_price": .bool(false),
            "promotions_triggered_by_products_with_zero_product_price": .bool(false),
            "number_of_coupons_allowed_at_checkout": .int(store.settings.couponsAllowed),
            "promotions_applied_on_original_product_price": .bool(true),
          ]))
      },
      Route("GET", "v3/abandoned-carts/settings", scope: information) { store, _ in
        .data(
          .record([
            "enable_notification": .bool(store.settings.sendsAbandonedMails),
            "email_customer_until_cart_is_recovered": .bool(true),
            "marketing_emails_require_customer_consent": .bool(false),
            "email_merchant_when_cart_is_converted": .bool(false),
            "email_merchant_when_cart_is_abandoned": .bool(false),
            "merchant_email_address": .string("owner@example.com"),
            "merchant_abandoned_cart_email_frequency_type": .string("individual"),
            "merchant_abandoned_cart_digest_email_frequency": .int(10),
          ]))
      },
      Route("GET", "v3/abandoned-carts/{token}", scope: information) { store, call in
        guard let id = store.shelf.tokens[call["token"]] else {
          return .error(404, "The token was not found")
        }
        return .data(.record(["cart_id": .string(id)]))
      },
    ] + scripts

  private static func describe(_ store: SimulatedStore) -> JSONValue {
    .record([
      "id": .string(store.configuration.storeHash), "store_id": .int(1_025_646),
      "account_uuid": .string("0fae0a5c-4d0d-4f1b-8d3a-2f1f3d0a0001"),
      "domain": .string("store.example"), "secure_url": .string("https://store.example"),
      "control_panel_base_url": .string("https://store-abc123.example"),
      "status": .string("live"), "name": .string("Simulated store"),
      "first_name": .string("Jane"), "last_name": .string("Doe"), "address": .string(""),
      "country": .string("United States"), "country_code": .string("US"), "phone": .string(""),
      "admin_email": .string("owner@example.com"), "order_email": .string("orders@example.com"),
      "timezone": .record([
        "name": .string("America/Chicago"), "raw_offset": .int(-21_600),
        "dst_offset": .int(-18_000), "dst_correction": .bool(true),
        "date_format": .record([
          "display": .string("M jS Y"), "export": .string("M jS Y"),
          "extended_display": .string("M jS Y @ g:i A"),
        ]),
      ]),
      "language": .string("en"), "currency": .string("USD"), "currency_symbol": .string("$"),
      "decimal_separator": .string("."), "thousands_separator": .string(","),
      "decimal_places": .int(2), "currency_symbol_location": .string("left"),
      "weight_units": .string("Ounces"), "dimension_units": .string("Inches"),
      "plan_name": .string("Standard"), "plan_level": .string("Standard"),
      "plan_is_trial": .bool(false), "industry": .string("Food"), "logo": .array([]),
      "is_price_entered_with_tax": .bool(false), "default_channel_id": .int(1),
      "default_site_id": .int(1_000), "active_comparison_modules": .array([]),
      "features": .record([
        "stencil_enabled": .bool(true), "checkout_type": .string("optimized"),
        "graphql_storefront_api_enabled": .bool(true),
        "shopper_consent_tracking_enabled": .bool(true),
        "multi_storefront_enabled": .bool(true),
      ]),
    ])
  }

  private static func currency(_ currency: SimulatedCurrency) -> JSONValue {
    .record([
      "id": .int(currency.id), "is_default": .bool(currency.id == 1),
      "country_iso2": .string("US"), "default_for_country_codes": .array([]),
      "currency_code": .string(currency.code), "currency_exchange_rate": .string("1.0000000000"),
      "auto_update": .bool(false), "token_location": .string("left"), "token": .string("$"),
      "decimal_token": .string("."), "thousands_token": .string(","),
      "decimal_places": .int(currency.places), "name": .string(currency.code),
      "enabled": .bool(true), "is_transactional": .bool(true), "use_default_name": .bool(false),
      "last_updated": .string(SimulatedText.mail(1_700_000_000_000)),
    ])
  }

  private static func channel(_ id: Int, _ platform: String) -> JSONValue {
    .record([
      "id": .int(id), "external_id": .string(""), "is_listable_from_ui": .bool(true),
      "is_enabled": .bool(true), "is_visible": .bool(true), "status": .string("active"),
      "name": .string("Channel \(id)"), "type": .string("storefront"),
      "platform": .string(platform), "icon_url": .string(""),
      "date_created": .string(SimulatedText.iso(1_700_000_000_000, zulu: true)),
      "date_modified": .string(SimulatedText.iso(1_700_000_000_000, zulu: true)),
    ])
  }

  // MARK: Scripts

  private static let content = "store_v2_content"
  private static let script: [String: Shape] = [
    "name": .text, "description": .text, "html": .text, "src": .text, "auto_uninstall": .bool,
    "load_method": .oneOf(["default", "async", "defer"]), "location": .oneOf(["head", "footer"]),
    "visibility": .oneOf(["storefront", "all_pages", "checkout", "order_confirmation"]),
    "kind": .oneOf(["src", "script_tag"]), "api_client_id": .text, "enabled": .bool,
    "consent_category": .oneOf(["essential", "functional", "analytics", "targeting"]),
    "channel_id": .int, "integrity_hashes": .list(.text),
  ]

  private static let scripts: [Route] = [
    Route(
      "GET", "v3/content/scripts", scope: content,
      query: pages.merging([
        "sort": .text, "direction": .oneOf(["asc", "desc"]), "channel_id:in": .list(.int),
      ]) { $1 }
    ) { store, call in .page(store.settings.scripts.map(show), call) },
    Route(
      "POST", "v3/content/scripts", scope: content, body: .record(script, needs: ["name"]),
      needsBody: true
    ) { store, call in
      guard call.body["html"] != nil || call.body["src"] != nil else {
        return .error(422, "html or src is required")
      }
      let made = SimulatedScript(
        id: store.uuid(), fields: call.body.members, created: store.now, modified: store.now)
      store.settings.scripts.append(made)
      return .data(show(made))
    },
    Route("GET", "v3/content/scripts/{script}", scope: content) { store, call in
      found(&store, call) { _, index, store in .data(show(store.settings.scripts[index])) }
    },
    Route(
      "PUT", "v3/content/scripts/{script}", scope: content, body: .record(script), needsBody: true
    ) { store, call in
      found(&store, call) { call, index, store in
        var fields = store.settings.scripts[index].fields
        for member in call.body.members {
          fields.removeAll { $0.key == member.key }
          fields.append(member)
        }
        store.settings.scripts[index].fields = fields
        store.settings.scripts[index].modified = store.now
        return .data(show(store.settings.scripts[index]))
      }
    },
    Route("DELETE", "v3/content/scripts/{script}", scope: content) { store, call in
      found(&store, call) { _, index, store in
        store.settings.scripts.remove(at: index)
        return .empty
      }
    },
  ]

  private static func found(
    _ store: inout SimulatedStore, _ call: APICall,
    _ body: (APICall, Int, inout SimulatedStore) -> APIAnswer
  ) -> APIAnswer {
    guard let index = store.settings.scripts.firstIndex(where: { $0.id == call["script"] }) else {
      return .error(404, "The script was not found")
    }
    return body(call, index, &store)
  }

  private static func show(_ script: SimulatedScript) -> JSONValue {
    JSONValue.object(script.fields).adding([
      "uuid": .string(script.id), "date_created": .string(SimulatedText.iso(script.created)),
      "date_modified": .string(SimulatedText.iso(script.modified)),
    ])
  }
}
