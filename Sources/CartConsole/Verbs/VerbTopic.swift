/// What the verbs are for, in the order in which help shows them.
struct VerbTopic: Sendable {
  let name: String
  let about: String
  /// Each verb with a line that one could type.
  let examples: [(verb: String, line: String)]

  static let all: [VerbTopic] = [
    VerbTopic(
      name: "find", about: "which carts, persons and orders there are, now and earlier",
      examples: [
        ("carts", ".carts country=DE,AT total>100 idle>2h sort=-total"),
        ("cart", ".cart @1"),
        ("customer", ".customer anna@example.com"),
        ("orders", ".orders since=7d"),
        ("products", ".products tea"),
        ("history", ".history @"),
        ("diff", ".diff @ 2h"),
        ("why", ".why @"),
        ("rings", ".rings country=DE"),
        ("at", ".at \"yesterday 14:00\" .carts limit=5"),
        ("watch", ".watch 2 .carts total>300"),
      ]),
    VerbTopic(
      name: "change",
      about: "one cart: lines, coupons, address; sell it, hold it, bring it back",
      examples: [
        ("new", ".new email=anna@example.com country=DE"),
        ("add", ".add @ MUG-01 2"),
        ("set", ".set @ #1 3 reason=\"asked on the phone\""),
        ("remove", ".remove @ MUG-01"),
        ("coupon", ".coupon @ SAVE10"),
        ("address", ".address @ city=Köln postal_code=50667 country=DE"),
        ("send", ".send @"),
        ("order", ".order @ note=\"by phone\""),
        ("hold", ".hold @ reason=\"odd address\""),
        ("delete", ".delete @ reason=\"a test\""),
        ("restore", ".restore @"),
      ]),
    VerbTopic(
      name: "many", about: "many carts at once, and the runs that do it",
      examples: [
        ("each", ".each country=DE total>50 : coupon SAVE10"),
        ("import", ".import spring.jsonl"),
        ("export", ".export carts country=DE columns=id,email,total format=csv output=de.csv"),
        ("jobs", ".jobs"),
        ("outbox", ".outbox"),
      ]),
    VerbTopic(
      name: "safety", about: "try it first, undo it after",
      examples: [
        ("sandbox", ".sandbox"),
        ("plan", ".plan"),
        ("promote", ".promote coupons.plan"),
        ("live", ".live"),
        ("apply", ".apply coupons.plan"),
        ("undo", ".undo"),
        ("redo", ".redo"),
        ("ops", ".ops since=2h"),
      ]),
    VerbTopic(
      name: "guard", about: "who may not buy: lists, rules and policies",
      examples: [
        ("blacklist", ".blacklist add ip=203.0.113.0/24 ttl=7d reason=\"card testing\""),
        ("allowlist", ".allowlist add email=vip@example.com"),
        ("rules", ".rules list"),
        ("try", ".try hoarding @"),
      ]),
    VerbTopic(
      name: "team", about: "several people at one shop",
      examples: [
        ("claim", ".claim @ ttl=1h"),
        ("release", ".release @"),
        ("note", ".note @ wants it delivered on Friday"),
        ("mine", ".mine"),
        ("handover", ".handover since=8h"),
        ("reveal", ".reveal @ asked on the phone"),
      ]),
    VerbTopic(
      name: "screen", about: "reports, how things are shown, scripts of what was done",
      examples: [
        ("report", ".report top-added since=7d limit=10"),
        ("drill", ".drill 1"),
        ("mode", ".mode vertical"),
        ("output", ".output today.txt"),
        ("once", ".once carts.csv"),
        ("timing", ".timing on"),
        ("pager", ".pager off"),
        ("pictures", ".pictures on"),
        ("last", ".last"),
        ("view", ".view big = .carts total>300"),
        ("lua", ".lua"),
        ("record", ".record"),
        ("stop", ".stop phone.lua"),
        ("edit", ".edit"),
        ("read", ".read phone.lua"),
        ("reload", ".reload"),
        ("error", ".error"),
        ("help", ".help c:add"),
        ("quit", ".quit"),
      ]),
  ]

  static func example(of verb: String) -> String? {
    all.lazy.flatMap(\.examples).first { $0.verb == verb }?.line
  }
}
