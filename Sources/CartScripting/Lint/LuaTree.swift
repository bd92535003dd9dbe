/// An expression of a chunk, and the line where it stands.
struct LuaExpression {
  indirect enum Kind {
    case `nil`
    case boolean(Bool)
    case number(String)
    case text(String)
    case rest
    case function(LuaBody)
    case name(String)
    /// `a.b` has the key as a text.
    case index(LuaExpression, LuaExpression)
    case call(LuaExpression, [LuaExpression])
    case method(LuaExpression, String, [LuaExpression])
    case binary(String, LuaExpression, LuaExpression)
    case unary(String, LuaExpression)
    case table([LuaTableItem])
    case group(LuaExpression)
  }

  var kind: Kind
  var line: Int
}

/// One entry of a table constructor; without a key its place is the key.
struct LuaTableItem {
  var key: LuaExpression?
  var value: LuaExpression
}

/// The parameters and the block of a function.
struct LuaBody {
  var parameters: [String]
  var block: [LuaStatement]
  var line: Int
  /// Where its parameters begin, in tokens: the same for no other function of the file.
  var place: Int
}

indirect enum LuaStatement {
  case local([String], [LuaExpression])
  case assign([LuaExpression], [LuaExpression])
  case call(LuaExpression)
  case block([LuaStatement])
  /// `while`, or `repeat`, whose condition sees the block's locals.
  case loop(LuaExpression, [LuaStatement], isRepeat: Bool)
  case branch([(condition: LuaExpression?, block: [LuaStatement])])
  case numeric(String, [LuaExpression], [LuaStatement])
  case generic([String], [LuaExpression], [LuaStatement])
  case localFunction(String, LuaBody)
  case function(LuaExpression, LuaBody)
  case result([LuaExpression])
  case jump
}
