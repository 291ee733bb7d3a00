package kcoder__package

// Starts the tests and says values behind the mark. All names are the driver's own, also those of what is imported:
// a file's imports and the candidate's definitions must not meet.

import (
	kcoder__os "os"
	kcoder__reflect "reflect"
	kcoder__runtime "runtime"
	kcoder__debug "runtime/debug"
	kcoder__strconv "strconv"
	kcoder__strings "strings"
	kcoder__syscall "syscall"
)

// kcoder__out stays open when a program closes its standard output.
var kcoder__out = kcoder__opened(1)
var kcoder__err = kcoder__opened(2)

func kcoder__opened(stream int) *kcoder__os.File {
	copied, err := kcoder__syscall.Dup(stream)
	if err != nil {
		panic(err)
	}
	return kcoder__os.NewFile(uintptr(copied), "")
}

func Kcoder__run() {
	defer func() {
		if thrown := recover(); thrown != nil {
			kcoder__fail("panic: " + kcoder__told(thrown) + kcoder__place())
		}
	}()
	kcoder__debug.SetMaxStack(256 << 20)
	kcoder__tests()
}

// kcoder__say says one value, or all that a function returns as a tuple.
func kcoder__say(values ...interface{}) {
	kcoder__write(false, values)
}

// kcoder__exact says values of which those that are nil equal no empty ones.
func kcoder__exact(values ...interface{}) {
	kcoder__write(true, values)
}

func kcoder__write(exact bool, values []interface{}) {
	out := []byte("\n{mark}")
	if len(values) == 1 {
		out = kcoder__put(out, kcoder__reflect.ValueOf(values[0]), exact, 0)
	} else {
		out = append(kcoder__put(append(out, `{"~t":`...), kcoder__reflect.ValueOf(values), exact, 0), '}')
	}
	kcoder__out.Write(append(out, '\n'))
}

func kcoder__end() { kcoder__say("end") }

func kcoder__check(holds bool, condition string) {
	if !holds {
		kcoder__fail("assertion failed: " + condition)
	}
}

func kcoder__equal(expected, actual interface{}) bool {
	return kcoder__reflect.DeepEqual(expected, actual)
}

func kcoder__fail(words string) {
	kcoder__err.WriteString("\n" + words + "\n")
	kcoder__os.Exit(1)
}

func kcoder__told(thrown interface{}) string {
	switch words := thrown.(type) {
	case error:
		return words.Error()
	case string:
		return words
	}
	return kcoder__reflect.TypeOf(thrown).String()
}

// kcoder__place is the innermost line of the program on the way of a panic.
func kcoder__place() string {
	callers := make([]uintptr, 100)
	frames := kcoder__runtime.CallersFrames(callers[:kcoder__runtime.Callers(0, callers)])
	for frame, more := frames.Next(); more; frame, more = frames.Next() {
		if kcoder__strings.HasSuffix(frame.File, "program.go") {
			return " (line " + kcoder__strconv.Itoa(frame.Line) + ")"
		}
	}
	return ""
}

func kcoder__put(out []byte, value kcoder__reflect.Value, exact bool, depth int) []byte {
	kind := value.Kind()
	switch {
	case depth > 200:
		return append(out, `{"~r":[null,"too deep"]}`...)
	case kind == kcoder__reflect.Invalid:
		return append(out, "null"...)
	case kind == kcoder__reflect.Bool:
		return kcoder__strconv.AppendBool(out, value.Bool())
	case kind >= kcoder__reflect.Int && kind <= kcoder__reflect.Int64:
		return kcoder__strconv.AppendInt(out, value.Int(), 10)
	case kind >= kcoder__reflect.Uint && kind <= kcoder__reflect.Uintptr:
		return kcoder__strconv.AppendUint(out, value.Uint(), 10)
	case kind == kcoder__reflect.Float32 || kind == kcoder__reflect.Float64:
		if number := value.Float(); number-number != 0 {
			return append(kcoder__strconv.AppendFloat(append(out, `{"~f":"`...), number, 'g', -1, 64), `"}`...)
		}
		return kcoder__strconv.AppendFloat(out, value.Float(), 'g', -1, 64)
	case kind == kcoder__reflect.String:
		return kcoder__quote(out, value.String())
	case kind == kcoder__reflect.Ptr && !value.IsNil() && value.Type().String() == "*big.Int":
		return append(append(append(out, `{"~h":"`...), value.Interface().(interface{ Text(int) string }).Text(16)...), `"}`...)
	case kind == kcoder__reflect.Interface || kind == kcoder__reflect.Ptr:
		return kcoder__put(out, value.Elem(), exact, depth+1)
	case kind == kcoder__reflect.Array,
		kind == kcoder__reflect.Slice && !(exact && value.IsNil()):
		out = append(out, '[')
		for i := 0; i < value.Len(); i++ {
			out = kcoder__put(kcoder__comma(out, i), value.Index(i), exact, depth+1)
		}
		return append(out, ']')
	case kind == kcoder__reflect.Map && !(exact && value.IsNil()):
		out = append(out, `{"~m":[`...)
		for i, key := range value.MapKeys() {
			out = kcoder__put(append(kcoder__comma(out, i), '['), key, exact, depth+1)
			out = append(kcoder__put(append(out, ','), value.MapIndex(key), exact, depth+1), ']')
		}
		return append(out, "]}"...)
	}
	return append(kcoder__quote(append(out, `{"~r":[null,`...), value.Type().String()), "]}"...)
}

func kcoder__comma(out []byte, i int) []byte {
	if i > 0 {
		return append(out, ',')
	}
	return out
}

func kcoder__quote(out []byte, text string) []byte {
	out = append(out, '"')
	for i := 0; i < len(text); i++ {
		if c := text[i]; c < 32 || c == '"' || c == '\\' || c == 127 {
			out = append(out, '\\', 'u', '0', '0', "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15])
		} else {
			out = append(out, c)
		}
	}
	return append(out, '"')
}
