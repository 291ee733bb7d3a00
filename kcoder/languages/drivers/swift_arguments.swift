// Makes the arguments of calls that are given as JSON: the parameter's type says what a value becomes.

indirect enum kcoder{own}_json {
    case null
    case bool(Swift.Bool)
    case int(Swift.Int)
    case float(Swift.Double)
    case text(Swift.String)
    case list([kcoder{own}_json])
    case map([(Swift.String, kcoder{own}_json)])

    func misfit(_ wanted: Any.Type) -> Swift.Never { Swift.fatalError("an argument is no \(wanted)") }

    var items: [kcoder{own}_json] {
        if case .list(let items) = self { return items }
        misfit([Any].self)
    }
}

protocol kcoder{own}_given {
    static func kcoder{own}_of(_ json: kcoder{own}_json) -> Self
}

func kcoder{own}_argument<T: kcoder{own}_given>(_ json: kcoder{own}_json) -> T { T.kcoder{own}_of(json) }

extension Swift.FixedWidthInteger {
    static func kcoder{own}_of(_ json: kcoder{own}_json) -> Self {
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

extension Swift.Int: kcoder{own}_given {}
extension Swift.Int8: kcoder{own}_given {}
extension Swift.Int16: kcoder{own}_given {}
extension Swift.Int32: kcoder{own}_given {}
extension Swift.Int64: kcoder{own}_given {}
extension Swift.UInt: kcoder{own}_given {}
extension Swift.UInt8: kcoder{own}_given {}
extension Swift.UInt16: kcoder{own}_given {}
extension Swift.UInt32: kcoder{own}_given {}
extension Swift.UInt64: kcoder{own}_given {}

extension Swift.Double: kcoder{own}_given {
    static func kcoder{own}_of(_ json: kcoder{own}_json) -> Swift.Double {
        switch json {
        case .int(let value): return Swift.Double(value)
        case .float(let value): return value
        default: json.misfit(Self.self)
        }
    }
}

extension Swift.Float: kcoder{own}_given {
    static func kcoder{own}_of(_ json: kcoder{own}_json) -> Swift.Float { Swift.Float(Swift.Double.kcoder{own}_of(json)) }
}

extension Swift.Bool: kcoder{own}_given {
    static func kcoder{own}_of(_ json: kcoder{own}_json) -> Swift.Bool {
        if case .bool(let value) = json { return value }
        json.misfit(Self.self)
    }
}

extension Swift.String: kcoder{own}_given {
    static func kcoder{own}_of(_ json: kcoder{own}_json) -> Swift.String {
        if case .text(let value) = json { return value }
        json.misfit(Self.self)
    }
}

extension Swift.Substring: kcoder{own}_given {
    static func kcoder{own}_of(_ json: kcoder{own}_json) -> Swift.Substring { Self(Swift.String.kcoder{own}_of(json)) }
}

extension Swift.Character: kcoder{own}_given {
    static func kcoder{own}_of(_ json: kcoder{own}_json) -> Swift.Character {
        let text = Swift.String.kcoder{own}_of(json)
        if text.count == 1 { return Self(text) }
        json.misfit(Self.self)
    }
}

extension Swift.Optional: kcoder{own}_given where Wrapped: kcoder{own}_given {
    static func kcoder{own}_of(_ json: kcoder{own}_json) -> Wrapped? {
        if case .null = json { return nil }
        return Wrapped.kcoder{own}_of(json)
    }
}

extension Swift.Array: kcoder{own}_given where Element: kcoder{own}_given {
    static func kcoder{own}_of(_ json: kcoder{own}_json) -> [Element] {
        var made: [Element] = []
        for item in json.items { made.append(Element.kcoder{own}_of(item)) }
        return made
    }
}

extension Swift.Set: kcoder{own}_given where Element: kcoder{own}_given {
    static func kcoder{own}_of(_ json: kcoder{own}_json) -> Swift.Set<Element> { Self([Element].kcoder{own}_of(json)) }
}

extension Swift.Dictionary: kcoder{own}_given where Key: kcoder{own}_given, Value: kcoder{own}_given {
    static func kcoder{own}_of(_ json: kcoder{own}_json) -> [Key: Value] {
        guard case .map(let pairs) = json else { json.misfit(Self.self) }
        var made: [Key: Value] = [:]
        for (key, value) in pairs { made[Key.kcoder{own}_of(.text(key))] = Value.kcoder{own}_of(value) }
        return made
    }
}
