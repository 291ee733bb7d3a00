// Says values behind the mark. Includes nothing, so that a program that forgot an include, or that gives something a
// name of the standard library's, is compiled as it would be alone: kinds are told by their members.
namespace kcoder__ {

long write(int, const void*, unsigned long) __asm__("write");
[[noreturn]] void leave(int) __asm__("_exit");
int copied(int) __asm__("dup");
static const int out_stream = copied(1), error_stream = copied(2);  // stay open when a program closes its own

struct text {
    char held[4096];
    unsigned long size = 0;
    void flush() {
        for (unsigned long done = 0; done < size;) {
            long wrote = write(out_stream, held + done, size - done);
            if (wrote <= 0) leave(1);
            done += wrote;
        }
        size = 0;
    }
    void put(char c) {
        if (size == sizeof held) flush();
        held[size++] = c;
    }
    void put(const char* c) {
        for (; *c; c++) put(*c);
    }
    void quote(const char* c, unsigned long length) {
        put('"');
        for (const char* end = c + length; c < end; c++) {
            unsigned char code = *c;
            if (code >= 32 && code != '"' && code != '\\' && code != 127) {
                put(*c);
                continue;
            }
            put("\\u00");
            put("0123456789abcdef"[code >> 4]);
            put("0123456789abcdef"[code & 15]);
        }
        put('"');
    }
    // to 17 digits a number of 64 bits is the same when read again
    void number(double value) {
        char digits[40];
        bool finite = value - value == 0;
        __builtin_snprintf(digits, sizeof digits, finite ? "%.17g" : "{\"~f\":\"%g\"}", value);
        put(digits);
    }
    void whole(unsigned __int128 value, bool negative) {
        char digits[48], *at = digits + sizeof digits;
        *--at = 0;
        do *--at = '0' + int(value % 10);
        while (value /= 10);
        if (negative) put('-');
        put(at);
    }
};

template <class T> T&& made();
struct no { char one; };
struct yes { char two[2]; };
template <bool, class T = void> struct when {};
template <class T> struct when<true, T> { typedef T type; };
template <unsigned long... I> struct numbers {};
template <unsigned long N, unsigned long... I> struct count : count<N - 1, N - 1, I...> {};
template <unsigned long... I> struct count<0, I...> { typedef numbers<I...> type; };
template <unsigned long I> void get(struct nothing);  // makes get<0>(..) a call; the right one is found by its argument

#define KCODER_HAS(name, expression) \
    template <class T> auto has_##name(int) -> decltype(expression, yes()); \
    template <class T> no has_##name(...);
KCODER_HAS(text, (made<const T&>().substr(0), made<const T&>().data()[made<const T&>().size()]))
KCODER_HAS(items, (made<const T&>().begin() != made<const T&>().end()))
KCODER_HAS(mapped, made<typename T::mapped_type>())
KCODER_HAS(key, made<typename T::key_type>())
KCODER_HAS(value, (made<const T&>().has_value(), made<const T&>().value()))
KCODER_HAS(choice, (made<const T&>().valueless_by_exception(), get<0>(made<const T&>())))
KCODER_HAS(parts, get<0>(made<const T&>()))
#undef KCODER_HAS
#define KCODER_IF(condition) typename when<(condition)>::type* = nullptr
#define KCODER_IS(name) (sizeof(has_##name<T>(0)) == sizeof(yes))

inline void tell(text& out, bool value) { out.put(value ? "true" : "false"); }
inline void tell(text& out, char value) { out.quote(&value, 1); }
inline void tell(text& out, const char* value) { value ? out.quote(value, __builtin_strlen(value)) : out.put("null"); }
inline void tell(text& out, char* value) { tell(out, (const char*)value); }
inline void tell(text& out, decltype(nullptr)) { out.put("null"); }
inline void tell(text& out, float value) { out.number(value); }
inline void tell(text& out, double value) { out.number(value); }
inline void tell(text& out, long double value) { out.number(double(value)); }

#define KCODER_WHOLE(type) \
    inline void tell(text& out, type value) { out.whole(value < 0 ? -(unsigned __int128)value : value, value < 0); }
KCODER_WHOLE(signed char)
KCODER_WHOLE(unsigned char)
KCODER_WHOLE(short)
KCODER_WHOLE(unsigned short)
KCODER_WHOLE(int)
KCODER_WHOLE(unsigned)
KCODER_WHOLE(long)
KCODER_WHOLE(unsigned long)
KCODER_WHOLE(long long)
KCODER_WHOLE(unsigned long long)
KCODER_WHOLE(__int128)
#undef KCODER_WHOLE

// in what holds other values each is told by what is found when a template is used: all kinds must be known before
template <class T> void item(text& out, const T& value);

template <class T> void list(text& out, const T& value) {
    const char* before = "[";
    if (!(value.begin() != value.end())) out.put(before);
    for (auto at = value.begin(); at != value.end(); ++at) {
        out.put(before);
        item<typename T::value_type>(out, *at);
        before = ",";
    }
    out.put(']');
}

template <class T> void pairs(text& out, const T& value) {
    const char* before = "{\"~m\":[";
    if (!(value.begin() != value.end())) out.put(before);
    for (auto at = value.begin(); at != value.end(); ++at) {
        out.put(before);
        out.put('[');
        item(out, at->first);
        out.put(',');
        item(out, at->second);
        out.put(']');
        before = ",";
    }
    out.put("]}");
}

template <class T, unsigned long... I> void parts(text& out, const T& value, numbers<I...>) {
    const char* before = "{\"~t\":[";
    int each[] = {0, (out.put(before), item(out, get<I>(value)), before = ",", 0)...};
    (void)each;
    out.put("]}");
}

template <class T, unsigned long... I> void choice(text& out, const T& value, numbers<I...>) {
    int each[] = {0, (value.index() == I ? (item(out, get<I>(value)), 0) : 0)...};
    (void)each;
}

template <class T> void foreign(text& out) {
    const char *name = __PRETTY_FUNCTION__, *end = name + __builtin_strlen(name);
    while (*name && *name++ != '=') {}
    out.put("{\"~r\":[null,");
    out.quote(name + 1, end - name - 2);
    out.put("]}");
}

template <class T> void tell(text& out, T* value) { value ? foreign<T*>(out) : out.put("null"); }
template <class T, KCODER_IF(KCODER_IS(text))> void tell(text& out, const T& value) {
    out.quote(value.data(), value.size());
}
template <class T, KCODER_IF(!KCODER_IS(text) && KCODER_IS(items) && KCODER_IS(mapped))>
void tell(text& out, const T& value) {
    pairs(out, value);
}
template <class T, KCODER_IF(!KCODER_IS(text) && KCODER_IS(items) && !KCODER_IS(mapped) && KCODER_IS(key))>
void tell(text& out, const T& value) {
    out.put("{\"~s\":");
    list(out, value);
    out.put('}');
}
template <class T, KCODER_IF(!KCODER_IS(text) && KCODER_IS(items) && !KCODER_IS(key))>
void tell(text& out, const T& value) {
    list(out, value);
}
template <class T, KCODER_IF(KCODER_IS(value))> void tell(text& out, const T& value) {
    value.has_value() ? item(out, value.value()) : out.put("null");
}
template <template <class...> class Of, class F, class... A, class T = Of<F, A...>, KCODER_IF(KCODER_IS(choice))>
void tell(text& out, const Of<F, A...>& value) {
    choice(out, value, typename count<1 + sizeof...(A)>::type());
}
template <template <class...> class Of, class F, class... A, class T = Of<F, A...>,
          KCODER_IF(KCODER_IS(parts) && !KCODER_IS(choice) && !KCODER_IS(items))>
void tell(text& out, const Of<F, A...>& value) {
    parts(out, value, typename count<1 + sizeof...(A)>::type());
}

template <class T> auto known(text& out, const T& value, int) -> decltype(tell(out, value)) { tell(out, value); }
template <class T> void known(text& out, const T&, long) { foreign<T>(out); }
template <class T> void item(text& out, const T& value) { known(out, value, 0); }

#undef KCODER_IF
#undef KCODER_IS
}  // namespace kcoder__

// outside of the namespace, so that no macro of a program can name a part of what calls them
template <class T> void kcoder__say(const T& value) {
    kcoder__::text out;
    out.put("\n{mark}");
    kcoder__::item(out, value);
    out.put('\n');
    out.flush();
}

inline void kcoder__end() { kcoder__say("end"); }

inline void kcoder__check(bool holds, const char* condition) {
    if (holds) return;
    kcoder__::write(kcoder__::error_stream, "\nassertion failed: ", 19);
    kcoder__::write(kcoder__::error_stream, condition, __builtin_strlen(condition));
    kcoder__::write(kcoder__::error_stream, "\n", 1);
    kcoder__::leave(1);
}
