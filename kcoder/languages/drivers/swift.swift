// Says the values that tests ask for. A file beside the candidate's, whose code cannot know these names. The standard
// library is called by full names: the candidate may have types and functions of any name. It is compiled once for
// many programs, so the mark is an argument.
// Of the C library only names that its headers do not declare, or hardly anybody calls: a candidate may import it, and
// one name cannot be declared twice.

@_silgen_name("__write")
private func kcoder{own}_write(_ stream: Swift.Int32, _ bytes: Swift.UnsafeRawPointer, _ count: Swift.Int) -> Swift.Int
@_silgen_name("_Exit")
private func kcoder{own}_exit(_ status: Swift.Int32) -> Swift.Never
@_silgen_name("swift_EnumCaseName")
private func kcoder{own}_case<T>(_ value: T) -> Swift.UnsafePointer<Swift.CChar>?
private func kcoder{own}_name<T>(_ value: T) -> Swift.String {
    if let name = kcoder{own}_case(value) { return Swift.String(cString: name) }
    return ""
}

@_silgen_name("__libc_malloc")
private func kcoder{own}_allocate(_ size: Swift.Int) -> Swift.UnsafeMutableRawPointer?

/// Swift dies of memory that it does not get without a word, as it does of an overflow.
@_cdecl("malloc")
public func kcoder{own}_malloc(_ size: Swift.Int) -> Swift.UnsafeMutableRawPointer? {
    if let found = kcoder{own}_allocate(size) { return found }
    let words: Swift.StaticString = "Could not allocate memory\n"
    _ = kcoder{own}_write(2, words.utf8Start, words.utf8CodeUnitCount)
    return nil
}

enum kcoder{own} {
    static func say(_ mark: Swift.String, _ value: Any) {
        var out = "\n"
        out += mark
        tell(value, &out)
        put(1, out)
    }

    /// For tests that compare by themselves.
    static func check(_ holds: Swift.Bool, _ what: Swift.String) {
        if holds { return }
        var words = "\nfailed assertion: "
        words += what
        put(2, words)
        kcoder{own}_exit(1)
    }

    /// Past what the candidate's code has left in a buffer.
    private static func put(_ stream: Swift.Int32, _ words: Swift.String) {
        var line = words
        line += "\n"
        _ = kcoder{own}_write(stream, line, line.utf8.count)
    }

    /// A value as JSON, in the form that the judge reads: by the kind of value it is, never by what it says of itself.
    private static func tell(_ value: Any, _ out: inout Swift.String) {
        if let number = value as? Swift.Int { out += number.description; return }
        if let text = value as? Swift.String { quote(text, &out); return }
        if let truth = value as? Swift.Bool { out += truth.description; return }
        if let number = value as? Swift.Double { float(number.description, number.isFinite, &out); return }
        if let items = value as? [Any] { list("[", items, "]", &out); return }
        if let character = value as? Swift.Character { quote(Swift.String(character), &out); return }
        if let number = value as? any Swift.FixedWidthInteger { out += number.description; return }
        if let number = value as? Swift.Float { float(number.description, number.isFinite, &out); return }
        if let text = value as? Swift.Substring { quote(Swift.String(text), &out); return }
        let mirror = Swift.Mirror(reflecting: value)
        var parts: [Any] = []
        var label: Swift.String? = nil
        for child in mirror.children {
            parts.append(child.value)
            label = child.label
        }
        switch mirror.displayStyle {
        case .optional?:
            if parts.isEmpty { out += "null" } else { tell(parts[0], &out) }
        case .tuple?:
            if parts.isEmpty { out += "null" } else { list("{\"~t\":[", parts, "]}", &out) }
        case .collection?: list("[", parts, "]", &out)
        case .set?: list("{\"~s\":[", parts, "]}", &out)
        case .dictionary?: list("{\"~m\":[", pairs(parts), "]}", &out)
        case .enum?:
            out += "{"
            quote(parts.isEmpty ? Swift._openExistential(value, do: kcoder{own}_name) : label ?? "", &out)
            out += ":"
            if parts.isEmpty { out += "null" } else { tell(parts[0], &out) }
            out += "}"
        default:
            out += "{\"~r\":[null,"
            quote(Swift._typeName(Swift.type(of: value)), &out)
            out += "]}"
        }
    }

    private static func pairs(_ tuples: [Any]) -> [Any] {
        var pairs: [Any] = []
        for tuple in tuples {
            var pair: [Any] = []
            for child in Swift.Mirror(reflecting: tuple).children { pair.append(child.value) }
            pairs.append(pair)
        }
        return pairs
    }

    private static func float(_ text: Swift.String, _ finite: Swift.Bool, _ out: inout Swift.String) {
        if finite { out += text; return }
        out += "{\"~f\":\""
        out += text
        out += "\"}"
    }

    private static func list(_ before: Swift.String, _ items: [Any], _ after: Swift.String, _ out: inout Swift.String) {
        out += before
        var first = true
        for item in items {
            if !first { out += "," }
            first = false
            tell(item, &out)
        }
        out += after
    }

    private static func quote(_ text: Swift.String, _ out: inout Swift.String) {
        out += "\""
        for scalar in text.unicodeScalars {
            let code = scalar.value
            if code < 32 || code == 34 || code == 92 {
                out += code < 16 ? "\\u000" : "\\u00"
                out += Swift.String(code, radix: 16)
            } else {
                out.unicodeScalars.append(scalar)
            }
        }
        out += "\""
    }
}
