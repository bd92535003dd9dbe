import CartModel

/// Members of all kinds.
package struct SampleMembers: Members {
  package var title = ""
  package var email = ""
  package var count: Int64 = 0
  package var isOpen = false
  package var rate: UnitPrice?
  package var parts: [Part] = []
  package var kind = Binding.Origin.unknown
  package var sums: [StatedTotals.LineAmount] = []

  package struct Part: Members {
    package var name = ""
    package var amount: UnitPrice?

    package init() {}

    package init(_ name: String, _ amount: UnitPrice?) { (self.name, self.amount) = (name, amount) }

    package mutating func members<Coder: MemberCoder>(_ coder: inout Coder) throws(Coder.Failure) {
      try coder.text(1, "name", &name, TextForm(limit: 10, isRequired: true))
      try coder.decimal(2, "amount", &amount)
    }
  }

  package init() {}

  package mutating func members<Coder: MemberCoder>(_ coder: inout Coder) throws(Coder.Failure) {
    try coder.text(1, "title", &title, TextForm(limit: 10, isRequired: true))
    try coder.text(2, "email", &email, TextForm(limit: 10, isPersonal: true))
    try coder.number(3, "count", &count, in: 0...99)
    try coder.flag(4, "open", &isOpen, usually: false)
    try coder.decimal(5, "rate", &rate)
    try coder.list(6, "parts", &parts)
    try coder.choice(7, "kind", &kind)
    try coder.amounts(8, "sums", &sums)
  }

  package static func full() throws -> SampleMembers {
    var sample = SampleMembers()
    (sample.title, sample.email, sample.count, sample.isOpen) = ("a", "a@b.de", 7, true)
    sample.rate = try UnitPrice("13.858823529412")
    sample.parts = [Part("VAT", try UnitPrice("4.51")), Part("x", nil)]
    sample.kind = .cartio
    sample.sums = [.init("l1", try UnitPrice("25.98"))]
    return sample
  }
}
