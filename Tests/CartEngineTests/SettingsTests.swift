import CartEngine
import CartModel
import Testing

struct SettingsTests {
  private func message(_ json: String) -> String {
    do {
      _ = try StoreSettings(try JSONParser.parse(json))
      return "accepted"
    } catch { return EngineError(error).message }
  }

  @Test func readsWhatItWrites() throws {
    let json = """
      {"name":"Tea","currency":"JPY","timezone":"Asia/Tokyo","tax":{"rate":"10","included":false},\
      "shipping":{"fee":"500","free_from":"5000"},"coupons":{"A":{"percent":"7.5","minimum":"100",\
      "skus":["T-*"]},"B":{"fixed":"300"},"C":{"free_shipping":true}},"abandoned_after":"7200s",\
      "expires_after":"864000s","confirm_above":3}
      """
    let settings = try StoreSettings(try JSONParser.parse(json))
    #expect(settings.json == json)
    #expect(settings.shipping.fee == 500 && settings.coupons.count == 3)
  }

  @Test func refusalsNameTheKey() {
    #expect(
      message(#"{"curency":"EUR"}"#) == "store.lua: no setting 'curency'; did you mean 'currency'?")
    #expect(
      message(#"{"currency":"EUS"}"#)
        == "store.lua: currency: expected a code of ISO 4217, got 'EUS'; did you mean 'EUR'?")
    #expect(message(#"{"tax":5}"#) == "store.lua: tax: expected a table, got the number 5")
    #expect(
      message(#"{"tax":{"rate":"-1"}}"#)
        == "store.lua: tax: rate: expected 0 or more, got '-1'")
    #expect(
      message(#"{"coupons":{"X":{}}}"#)
        == "store.lua: coupon 'X': expected one of percent, fixed, free_shipping, got 0")
    #expect(
      message(#"{"coupons":{"X":{"percent":"120"}}}"#)
        == "store.lua: coupon 'X': percent: expected more than 0 and at most 100, got '120'")
    #expect(
      message(#"{"abandoned_after":"soon"}"#).hasPrefix("store.lua: abandoned_after: duration"))
    #expect(
      message(#"{"confirm_above":-1}"#)
        == "store.lua: confirm_above: expected a whole number, got '-1'")
  }
}
