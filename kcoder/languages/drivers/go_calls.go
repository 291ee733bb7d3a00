package kcoder__package

// JSON arguments of a call become what the function's parameters are declared with. Where that is any kind of value a
// whole number is an int, as a constant would be.

import (
	kcoder__json "encoding/json"
	kcoder__reflect "reflect"
	kcoder__strings "strings"
)

func kcoder__call(function interface{}, given string) {
	var parts []kcoder__json.RawMessage
	if err := kcoder__json.Unmarshal([]byte(given), &parts); err != nil {
		panic(err)
	}
	called := kcoder__reflect.ValueOf(function)
	kind := called.Type()
	if kind.NumIn() != len(parts) || kind.IsVariadic() {
		kcoder__fail("build failed: the function does not take as many values as it is called with")
	}
	arguments := make([]kcoder__reflect.Value, len(parts))
	for i, part := range parts {
		made := kcoder__reflect.New(kind.In(i))
		decoder := kcoder__json.NewDecoder(kcoder__strings.NewReader(string(part)))
		decoder.UseNumber()
		if err := decoder.Decode(made.Interface()); err != nil {
			kcoder__fail("build failed: a parameter cannot hold " + string(part) + ": " + err.Error())
		}
		arguments[i] = kcoder__numbers(made.Elem())
	}
	var said []interface{}
	for _, each := range called.Call(arguments) {
		said = append(said, each.Interface())
	}
	kcoder__say(said...)
}

// kcoder__numbers makes numbers of what the decoder left as text, where any kind of value may stand.
func kcoder__numbers(value kcoder__reflect.Value) kcoder__reflect.Value {
	switch value.Kind() {
	case kcoder__reflect.Interface:
		switch inner := value.Interface().(type) {
		case kcoder__json.Number:
			if whole, err := inner.Int64(); err == nil {
				value.Set(kcoder__reflect.ValueOf(int(whole)))
			} else if number, err := inner.Float64(); err == nil {
				value.Set(kcoder__reflect.ValueOf(number))
			}
		case []interface{}:
			for i := range inner {
				kcoder__numbers(kcoder__reflect.ValueOf(&inner[i]).Elem())
			}
		case map[string]interface{}:
			for key, item := range inner {
				held := item
				inner[key] = kcoder__numbers(kcoder__reflect.ValueOf(&held).Elem()).Interface()
			}
		}
	case kcoder__reflect.Slice, kcoder__reflect.Array:
		for i := 0; i < value.Len(); i++ {
			kcoder__numbers(value.Index(i))
		}
	}
	return value
}
