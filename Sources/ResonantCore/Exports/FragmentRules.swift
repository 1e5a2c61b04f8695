// SPDX-License-Identifier: MIT

/// The elements and attributes that a rendered message may contain: no `id`, no `style`, and nothing that
/// loads, submits or runs anything.
enum FragmentRules {
  /// The allowed form of an attribute's value.
  enum Value {
    /// Letters, digits, spaces, and the punctuation of class names, numbers and lengths.
    case word
    /// A web link or a mail address.
    case link
    case exactly(String)

    func accepts(_ value: [UInt8]) -> Bool {
      switch self {
      case .word: value.count <= 200 && value.allSatisfy(FragmentRules.isWordByte)
      case .link: FragmentRules.isSafeLink(value)
      case .exactly(let text): value.elementsEqual(text.utf8)
      }
    }
  }

  /// HTML elements without content, which have no end tag.
  static let void: Set<String> = ["br", "hr", "col"]

  /// MathML elements without content, which may be self-closing or have an end tag.
  static let maybeVoid: Set<String> = ["mspace", "mprescripts", "none"]

  /// The allowed attributes of an element; nil when the element may not occur inside these open elements.
  static func attributes(of element: String, inside open: [String]) -> [String: Value]? {
    let isInsideMath = open.contains("math")
    if isInsideMath { return math.contains(element) ? mathAttributes : nil }
    switch element {
    case "a":
      let link: [String: Value] = [
        "href": .link, "rel": .exactly("noopener noreferrer nofollow"), "class": .word,
      ]
      return open.contains("a") ? nil : link
    case "math":
      return ["display": .word, "xmlns": .exactly("http://www.w3.org/1998/Math/MathML")]
    case "ol":
      return ["class": .word, "start": .word, "type": .word]
    default:
      return plain.contains(element) ? ["class": .word, "data-lang": .word] : nil
    }
  }

  private static let plain: Set<String> = words(
    """
    p br hr h3 h4 h5 h6 strong em del code pre blockquote ul li table thead tbody tfoot tr th td colgroup col
    span div sup sub dl dt dd
    """)

  private static let math: Set<String> = words(
    """
    semantics annotation mrow mi mo mn ms mtext mspace msup msub msubsup mfrac msqrt mroot mover munder
    munderover mtable mtr mtd mstyle mpadded mphantom menclose mmultiscripts mprescripts none
    """)

  private static let mathAttributes: [String: Value] = Dictionary(
    uniqueKeysWithValues: words(
      """
      encoding stretchy form accent accentunder mathvariant columnalign columnspacing rowspacing width height
      depth lspace rspace voffset minsize maxsize scriptlevel displaystyle linethickness separator fence
      largeop movablelimits symmetric notation columnlines rowlines mathcolor mathbackground mathsize
      """
    ).map { ($0, .word) })

  private static func words(_ text: String) -> Set<String> {
    Set(text.split { $0 == " " || $0 == "\n" }.map(String.init))
  }

  fileprivate static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "_"),
      UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "#"), UInt8(ascii: "%"), UInt8(ascii: "/"):
      true
    default: false
    }
  }

  /// `http:` or `https:` with a host, or `mailto:`. Refuses spaces, control characters and backslashes, which
  /// browsers interpret in their own ways.
  private static func isSafeLink(_ link: [UInt8]) -> Bool {
    guard link.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") }) else { return false }
    let head = String(decoding: link.prefix(9), as: UTF8.self).lowercased()
    for scheme in ["http://", "https://"] where head.hasPrefix(scheme) {
      return link.count > scheme.utf8.count && link[scheme.utf8.count] != UInt8(ascii: "/")
    }
    return head.hasPrefix("mailto:")
  }
}
