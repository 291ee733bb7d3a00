// Makes the arguments of calls that are given as JSON: the parameter's type says what a value becomes.

indirect enum kcoder{mark}_json {
    case null
    case bool(Swift.Bool)
    case int(Swift.Int)
    case float(Swift.Double)
    case text(Swift.String)
    case list([kcoder{mark}_json])
    case map([(Swift.String, kcoder{mark}_json)])

    func misfit(_ wanted: Any.Type) -> Swift.Never { Swift.fatalError("an argument is no \(wanted)") }

    var items: [kcoder{mark}_json] {
        if case .list(let items) = self { return items }
        misfit([Any].self)
    }
}

protocol kcoder{mark}_given {
    static func kcoder{mark}_of(_ json: kcoder{mark}_json) -> Self
}

func kcoder{mark}_argument<T: kcoder{mark}_given>(_ json: kcoder{mark}_json) -> T { T.kcoder{mark}_of(json) }

extension Swift.FixedWidthInteger {
    static func kcoder{mark}_of(_ json: kcoder{mark}_json) -> Self {
        switch json {
        case .int(let value): if let fits = Self(exactly: value) { return fits }
        case .float(let value): if let fits = Self(exactly: value) { return fits }
        // a key, which is a text in JSON whatever it is here
        case .text(let text): if let fits = Self(text, radix: 10) { return fits }
        default: break
        }
        json.misfit(Self.self)
    }
}

extension Swift.Int: kcoder{mark}_given {}
extension Swift.Int8: kcoder{mark}_given {}
extension Swift.Int16: kcoder{mark}_given {}
extension Swift.Int32: kcoder{mark}_given {}
extension Swift.Int64: kcoder{mark}_given {}
extension Swift.UInt: kcoder{mark}_given {}
extension Swift.UInt8: kcoder{mark}_given {}
extension Swift.UInt16: kcoder{mark}_given {}
extension Swift.UInt32: kcoder{mark}_given {}
extension Swift.UInt64: kcoder{mark}_given {}

extension Swift.Double: kcoder{mark}_given {
    static func kcoder{mark}_of(_ json: kcoder{mark}_json) -> Swift.Double {
        switch json {
        case .int(let value): return Swift.Double(value)
        case .float(let value): return value
        default: json.misfit(Self.self)
        }
    }
}

extension Swift.Float: kcoder{mark}_given {
    static func kcoder{mark}_of(_ json: kcoder{mark}_json) -> Swift.Float { Swift.Float(Swift.Double.kcoder{mark}_of(json)) }
}

extension Swift.Bool: kcoder{mark}_given {
    static func kcoder{mark}_of(_ json: kcoder{mark}_json) -> Swift.Bool {
        if case .bool(let value) = json { return value }
        json.misfit(Self.self)
    }
}

extension Swift.String: kcoder{mark}_given {
    static func kcoder{mark}_of(_ json: kcoder{mark}_json) -> Swift.String {
        if case .text(let value) = json { return value }
        json.misfit(Self.self)
    }
}

extension Swift.Substring: kcoder{mark}_given {
    static func kcoder{mark}_of(_ json: kcoder{mark}_json) -> Swift.Substring { Self(Swift.String.kcoder{mark}_of(json)) }
}

extension Swift.Character: kcoder{mark}_given {
    static func kcoder{mark}_of(_ json: kcoder{mark}_json) -> Swift.Character {
        let text = Swift.String.kcoder{mark}_of(json)
        if text.count == 1 { return Self(text) }
        json.misfit(Self.self)
    }
}

extension Swift.Optional: kcoder{mark}_given where Wrapped: kcoder{mark}_given {
    static func kcoder{mark}_of(_ json: kcoder{mark}_json) -> Wrapped? {
        if case .null = json { return nil }
        return Wrapped.kcoder{mark}_of(json)
    }
}

extension Swift.Array: kcoder{mark}_given where Element: kcoder{mark}_given {
    static func kcoder{mark}_of(_ json: kcoder{mark}_json) -> [Element] {
        var made: [Element] = []
        for item in json.items { made.append(Element.kcoder{mark}_of(item)) }
        return made
    }
}

extension Swift.Set: kcoder{mark}_given where Element: kcoder{mark}_given {
    static func kcoder{mark}_of(_ json: kcoder{mark}_json) -> Swift.Set<Element> { Self([Element].kcoder{mark}_of(json)) }
}

extension Swift.Dictionary: kcoder{mark}_given where Key: kcoder{mark}_given, Value: kcoder{mark}_given {
    static func kcoder{mark}_of(_ json: kcoder{mark}_json) -> [Key: Value] {
        guard case .map(let pairs) = json else { json.misfit(Self.self) }
        var made: [Key: Value] = [:]
        for (key, value) in pairs { made[Key.kcoder{mark}_of(.text(key))] = Value.kcoder{mark}_of(value) }
        return made
    }
}
