// Makes the arguments of calls that are given as JSON: the parameter's type says what a value becomes.

use ::std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use ::std::hash::Hash;

pub enum Json {
    Null,
    Bool(bool),
    Int(i128),
    Float(f64),
    Text(&'static str),
    List(&'static [Json]),
    Map(&'static [(&'static str, Json)]),
}
pub use Json::*;

impl Json {
    fn misfit(&self, wanted: &str) -> ! { ::std::panic!("an argument is no {}", wanted) }

    fn items(&self) -> &'static [Json] {
        match self {
            List(items) => items,
            _ => self.misfit("list"),
        }
    }

    fn pairs(&self) -> &'static [(&'static str, Json)] {
        match self {
            Map(pairs) => pairs,
            _ => self.misfit("map"),
        }
    }
}

pub trait Given: Sized {
    fn given(json: &Json) -> Self;

    /// Keys are texts in JSON, whatever they are here.
    fn key(text: &'static str) -> Self { Self::given(&Text(text)) }
}

pub fn given<T: Given>(json: &Json) -> T { T::given(json) }

macro_rules! integers {
    ($($kind:ident)*) => { $(
        impl Given for $kind {
            fn given(json: &Json) -> Self {
                let found = match json {
                    Int(value) => $kind::try_from(*value).ok(),
                    Float(value) if *value == (*value as $kind) as f64 => Some(*value as $kind),
                    _ => None,
                };
                found.unwrap_or_else(|| json.misfit(::std::stringify!($kind)))
            }

            fn key(text: &'static str) -> Self { text.parse().unwrap_or_else(|_| Null.misfit(::std::stringify!($kind))) }
        }
    )* };
}
integers! { i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize }

macro_rules! plain {
    ($($kind:ty: $($json:pat $(if $when:expr)? => $value:expr),*;)*) => { $(
        impl Given for $kind {
            fn given(json: &Json) -> Self {
                match json {
                    $($json $(if $when)? => $value,)*
                    _ => json.misfit(::std::stringify!($kind)),
                }
            }
        }
    )* };
}
plain! {
    f32: Int(value) => *value as f32, Float(value) => *value as f32;
    f64: Int(value) => *value as f64, Float(value) => *value;
    bool: Bool(value) => *value;
    &'static str: Text(text) => text;
    String: Text(text) => String::from(*text);
    char: Text(text) if text.chars().count() == 1 => text.chars().next().unwrap();
    (): Null => ();
}

impl<T: Given> Given for Option<T> {
    fn given(json: &Json) -> Self {
        match json {
            Null => None,
            _ => Some(T::given(json)),
        }
    }
}

macro_rules! wrapped {
    ($([$($kind:tt)*] $value:ident => $made:expr;)*) => { $(
        impl<T: Given> Given for $($kind)* {
            fn given(json: &Json) -> Self { let $value = Given::given(json); $made }
        }
    )* };
}
wrapped! {
    [Box<T>] value => Box::new(value);
    [&'static T] value => Box::leak(Box::new(value));
    [&'static mut T] value => Box::leak(Box::new(value));
    [&'static [T]] value => Vec::leak(value);
    [&'static mut [T]] value => Vec::leak(value);
}

impl<T: Given, const N: usize> Given for [T; N] {
    fn given(json: &Json) -> Self {
        <Vec<T>>::given(json).try_into().unwrap_or_else(|_| json.misfit(&::std::format!("array of {}", N)))
    }
}

macro_rules! collections {
    ($($kind:ident<$($name:ident)*> where [$($bound:tt)*] $from:ident $item:pat => $made:expr;)*) => { $(
        impl<$($name: Given),*> Given for $kind<$($name),*> where $($bound)* {
            fn given(json: &Json) -> Self { json.$from().iter().map(|$item| $made).collect() }
        }
    )* };
}
collections! {
    Vec<T> where [] items value => T::given(value);
    VecDeque<T> where [] items value => T::given(value);
    BTreeSet<T> where [T: Ord] items value => T::given(value);
    HashSet<T> where [T: Eq + Hash] items value => T::given(value);
    BTreeMap<K V> where [K: Ord] pairs (key, value) => (K::key(key), V::given(value));
    HashMap<K V> where [K: Eq + Hash] pairs (key, value) => (K::key(key), V::given(value));
}

macro_rules! tuples {
    ($($count:literal ($($name:ident $number:tt)*))*) => { $(
        impl<$($name: Given),*> Given for ($($name,)*) {
            fn given(json: &Json) -> Self {
                let items = json.items();
                if items.len() != $count { json.misfit(::std::concat!("tuple of ", $count)) }
                ($($name::given(&items[$number]),)*)
            }
        }
    )* };
}
tuples! { 1 (A 0) 2 (A 0 B 1) 3 (A 0 B 1 C 2) 4 (A 0 B 1 C 2 D 3) 5 (A 0 B 1 C 2 D 3 E 4) 6 (A 0 B 1 C 2 D 3 E 4 F 5) }
