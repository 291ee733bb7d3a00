// JSON arguments of a call are made with the types of the function's parameters, so that it can refer to them.
#include <string>

namespace kcoder__ {

template <class... A> struct types {};
template <class R, class... A> types<A...> parameters(R (*)(A...));
template <unsigned long N, class T> struct nth;
template <unsigned long N, class A, class... B> struct nth<N, types<A, B...>> : nth<N - 1, types<B...>> {};
template <class A, class... B> struct nth<0, types<A, B...>> {
    typedef typename std::remove_cv<typename std::remove_reference<A>::type>::type type;
    typedef A&& given;
};

// a text of one letter: a char or a string
struct letter {
    char held;
    operator char() const { return held; }
    operator std::string() const { return std::string(1, held); }
};

}  // namespace kcoder__
