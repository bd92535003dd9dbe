/// Which of many blocks is the narrowest that an address lies in.
///
/// - Complexity: O(n log n) to make, O(log n) to ask.
public struct AddressIndex: Sendable {
  private var v4 = Ranges()
  private var v6 = Ranges()

  /// Disjoint ranges by their first address; what they belong to, or -1 for no block.
  private struct Ranges {
    var starts: [UInt128] = []
    var owners: [Int32] = []

    mutating func open(_ start: UInt128, _ owner: Int32) {
      if starts.last == start {
        owners[owners.count - 1] = owner
      } else if owners.last ?? -1 != owner {
        starts.append(start)
        owners.append(owner)
      }
    }

    func owner(of address: UInt128) -> Int? {
      var (low, high) = (0, starts.count)
      while low < high {
        let middle = (low + high) / 2
        if starts[middle] <= address { low = middle + 1 } else { high = middle }
      }
      guard low > 0, owners[low - 1] >= 0 else { return nil }
      return Int(owners[low - 1])
    }
  }

  /// - Parameter blocks: among equal ones the last counts.
  public init(_ blocks: [AddressBlock] = []) {
    v4 = Self.ranges(blocks, isV6: false)
    v6 = Self.ranges(blocks, isV6: true)
  }

  private static func ranges(_ blocks: [AddressBlock], isV6: Bool) -> Ranges {
    // Wide before narrow: blocks lie one in the other or apart.
    let order = blocks.indices.filter { blocks[$0].isV6 == isV6 }.sorted {
      let (a, b) = (blocks[$0], blocks[$1])
      return (a.first, a.length, $0) < (b.first, b.length, $1)
    }
    var (ranges, stack) = (Ranges(), [Int]())
    func close(before start: UInt128?) {
      while let top = stack.last, start.map({ blocks[top].last < $0 }) ?? true {
        stack.removeLast()
        let end = blocks[top].last
        guard end < .max else { continue }
        ranges.open(end + 1, Int32(stack.last ?? -1))
      }
    }
    for index in order {
      close(before: blocks[index].first)
      ranges.open(blocks[index].first, Int32(index))
      stack.append(index)
    }
    close(before: nil)
    return ranges
  }

  /// The place of the narrowest block, in the order given; nil if no block has it.
  public func block(of address: some StringProtocol) -> Int? {
    guard let (number, isV6) = AddressBlock.number(address) else { return nil }
    return isV6 ? v6.owner(of: number) : v4.owner(of: number)
  }
}
