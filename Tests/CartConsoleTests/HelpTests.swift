import CartModel
import Testing

@testable import CartConsole

struct HelpTests {
  @Test func everyVerbHasATopicAndAnExampleThatFits() throws {
    let examples = VerbTopic.all.flatMap(\.examples)
    #expect(examples.map(\.verb).sorted() == Verb.all.map(\.name).sorted())
    for (name, line) in examples {
      let words = try TypedWord.split(line)
      #expect(words.first == TypedWord("." + name))
      let verb = try #require(Verb.all.first { $0.name == name })
      let plain = try verb.split(words.dropFirst()).plain
      #expect(verb.words.contains(plain.count), "\(line)")
    }
  }

  @Test func helpFitsATerminal() {
    for line in HelpVerbs.overview.split(separator: "\n") {
      #expect(line.count < 80, "\(line)")
    }
    #expect(HelpVerbs.overview.split(separator: "\n").count < 24)
  }

  @Test func theTourGoesOnWhenItsLineWasTyped() {
    var tour = Tour()
    #expect(Tour.steps.count <= 10)
    for step in Tour.steps {
      #expect(!tour.isDone(by: ".help"))
      #expect(tour.isDone(by: step.line))
      tour.goOn()
    }
    #expect(!tour.isDone(by: ".carts") && tour.text.hasPrefix("That was it"))
  }
}
