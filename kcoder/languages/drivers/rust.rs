// Starts the tests and says the values they ask for. A module beside the candidate's code that its code cannot name.
// Nothing is called by a name that the candidate's macros may have taken. It is compiled with every program: what is
// not used costs a little, what is instantiated costs more, so values are shown through one `Formatter`.

use ::std::borrow::Cow;
use ::std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, LinkedList, VecDeque};
use ::std::fmt::{Debug, Display, Formatter, Result as Done};

// ---- values ----------------------------------------------------------------------------------------------------

/// A value as JSON, in the form that the judge reads.
pub trait Tell {
    fn tell(&self, out: &mut Formatter) -> Done;
}

macro_rules! numbers_and_truth_values {
    ($($kind:ty)*) => { $( impl Tell for $kind { fn tell(&self, out: &mut Formatter) -> Done { Display::fmt(self, out) } } )* };
}
numbers_and_truth_values! { i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize bool }

fn float(shown: &dyn Debug, finite: bool, out: &mut Formatter) -> Done {
    if !finite { out.write_str("{\"~f\":\"")? }
    shown.fmt(out)?;
    if finite { Ok(()) } else { out.write_str("\"}") }
}

impl Tell for f64 {
    fn tell(&self, out: &mut Formatter) -> Done { float(self, self.is_finite(), out) }
}

impl Tell for f32 {
    fn tell(&self, out: &mut Formatter) -> Done { float(self, self.is_finite(), out) }
}

impl Tell for str {
    fn tell(&self, out: &mut Formatter) -> Done {
        out.write_str("\"")?;
        let mut rest = self;
        while let Some(at) = rest.bytes().position(|b| b < b' ' || b == b'"' || b == b'\\') {
            out.write_str(&rest[..at])?;
            out.write_fmt(::std::format_args!("\\u{:04x}", rest.as_bytes()[at]))?;
            rest = &rest[at + 1..];
        }
        out.write_str(rest)?;
        out.write_str("\"")
    }
}

impl Tell for String {
    fn tell(&self, out: &mut Formatter) -> Done { self.as_str().tell(out) }
}

impl Tell for char {
    fn tell(&self, out: &mut Formatter) -> Done { self.encode_utf8(&mut [0; 4]).tell(out) }
}

impl Tell for () {
    fn tell(&self, out: &mut Formatter) -> Done { out.write_str("null") }
}

impl<T: Tell> Tell for Option<T> {
    fn tell(&self, out: &mut Formatter) -> Done {
        match self {
            Some(value) => value.tell(out),
            None => out.write_str("null"),
        }
    }
}

impl<T: Tell, E: Tell> Tell for Result<T, E> {
    fn tell(&self, out: &mut Formatter) -> Done {
        let (name, value): (&str, &dyn Tell) = match self {
            Ok(value) => ("{\"Ok\":", value),
            Err(error) => ("{\"Err\":", error),
        };
        out.write_str(name)?;
        value.tell(out)?;
        out.write_str("}")
    }
}

macro_rules! boxes {
    ($([$($kind:tt)*])*) => { $(
        impl<T: Tell + ?Sized> Tell for $($kind)* { fn tell(&self, out: &mut Formatter) -> Done { (**self).tell(out) } }
    )* };
}
boxes! { [&T] [&mut T] [Box<T>] [::std::rc::Rc<T>] [::std::sync::Arc<T>] }

impl<T: Tell + ToOwned + ?Sized> Tell for Cow<'_, T> {
    fn tell(&self, out: &mut Formatter) -> Done { (**self).tell(out) }
}

fn several(before: &str, items: &mut dyn Iterator<Item = &dyn Tell>, after: &str, out: &mut Formatter) -> Done {
    let mut between = before;
    for item in items {
        out.write_str(between)?;
        item.tell(out)?;
        between = ",";
    }
    if between != "," { out.write_str(before)? }
    out.write_str(after)
}

impl<T: Tell> Tell for [T] {
    fn tell(&self, out: &mut Formatter) -> Done { several("[", &mut self.iter().map(|v| v as &dyn Tell), "]", out) }
}

impl<T: Tell, const N: usize> Tell for [T; N] {
    fn tell(&self, out: &mut Formatter) -> Done { self.as_slice().tell(out) }
}

impl<T: Tell> Tell for Vec<T> {
    fn tell(&self, out: &mut Formatter) -> Done { self.as_slice().tell(out) }
}

macro_rules! collections {
    ($($kind:ident<$($name:ident)*> $before:literal $item:pat => $value:expr, $after:literal;)*) => { $(
        impl<$($name: Tell),*> Tell for $kind<$($name),*> {
            fn tell(&self, out: &mut Formatter) -> Done {
                out.write_str($before)?;
                for (number, $item) in self.iter().enumerate() {
                    if number > 0 { out.write_str(",")? }
                    $value.tell(out)?;
                }
                out.write_str($after)
            }
        }
    )* };
}
collections! {
    VecDeque<T> "[" value => value, "]";
    LinkedList<T> "[" value => value, "]";
    BTreeSet<T> "{\"~s\":[" value => value, "]}";
    HashSet<T> "{\"~s\":[" value => value, "]}";
    BTreeMap<K V> "{\"~m\":[" (key, value) => [key as &dyn Tell, value], "]}";
    HashMap<K V> "{\"~m\":[" (key, value) => [key as &dyn Tell, value], "]}";
}

macro_rules! tuples {
    ($(($($name:ident $number:tt)*))*) => { $(
        impl<$($name: Tell),*> Tell for ($($name,)*) {
            fn tell(&self, out: &mut Formatter) -> Done {
                several("{\"~t\":[", &mut [$(&self.$number as &dyn Tell),*].into_iter(), "]}", out)
            }
        }
    )* };
}
tuples! { (A 0) (A 0 B 1) (A 0 B 1 C 2) (A 0 B 1 C 2 D 3) (A 0 B 1 C 2 D 3 E 4) (A 0 B 1 C 2 D 3 E 4 F 5) }

// ---- saying ----------------------------------------------------------------------------------------------------

/// A value to be said: by the trait that its type has, or else by the name of its type.
pub struct Said<'a, T: ?Sized>(pub &'a T);

pub trait Known {
    fn say(&self);
}

impl<T: Tell> Known for Said<'_, T> {
    fn say(&self) { line(self.0) }
}

pub trait Unknown {
    fn say(&self);
}

impl<T: ?Sized> Unknown for &Said<'_, T> {
    fn say(&self) { line(&Nameless(::std::any::type_name::<T>())) }
}

struct Nameless(&'static str);

impl Tell for Nameless {
    fn tell(&self, out: &mut Formatter) -> Done { several("{\"~r\":[", &mut [&() as &dyn Tell, &self.0].into_iter(), "]}", out) }
}

macro_rules! say {
    ($value:expr) => {
        match &$value {
            value => {
                use $crate::kcoder{mark}::{Known as _, Unknown as _};
                (&$crate::kcoder{mark}::Said(value)).say()
            }
        }
    };
}
pub(crate) use say;

struct Shown<'a>(&'a dyn Tell);

impl Display for Shown<'_> {
    fn fmt(&self, out: &mut Formatter) -> Done { self.0.tell(out) }
}

fn line(value: &dyn Tell) { put(1, ::std::format_args!("\n{mark}{}\n", Shown(value))) }

/// Past what the candidate's code has locked, captured or left in a buffer.
fn put(stream: i32, words: ::std::fmt::Arguments) {
    extern "C" { fn write(stream: i32, bytes: *const u8, count: usize) -> isize; }
    let text = ::std::fmt::format(words);
    let mut done = 0;
    while done < text.len() {
        let count = unsafe { write(stream, text.as_ptr().add(done), text.len() - done) };
        if count <= 0 { return }
        done += count as usize;
    }
}

// ---- tests that compare by themselves --------------------------------------------------------------------------

macro_rules! assert {
    ($condition:expr $(, $($words:tt)*)?) => { if !$condition { $crate::kcoder{mark}::failed(::std::stringify!($condition)) } };
}
macro_rules! assert_eq {
    ($left:expr, $right:expr $(, $($words:tt)*)?) => { match (&$left, &$right) {
        (left, right) => if !(*left == *right) { $crate::kcoder{mark}::failed(::std::stringify!($left == $right)) }
    } };
}
macro_rules! assert_ne {
    ($left:expr, $right:expr $(, $($words:tt)*)?) => { match (&$left, &$right) {
        (left, right) => if *left == *right { $crate::kcoder{mark}::failed(::std::stringify!($left != $right)) }
    } };
}
pub(crate) use {assert, assert_eq, assert_ne};

pub fn failed(what: &str) -> ! {
    put(2, ::std::format_args!("\nfailed assertion: {}\n", what));
    ::std::process::exit(1)
}

// ---- the start -------------------------------------------------------------------------------------------------

/// Where the process starts: `main` as the C library calls it. A main function of the candidate's is never called.
#[no_mangle]
pub extern "C" fn main(_: i32, _: *const *const u8) -> i32 {
    ::std::panic::set_hook(Box::new(|why| put(2, ::std::format_args!("{}\n", why))));
    match ::std::panic::catch_unwind(crate::kcoder{mark}_tests) {
        Ok(_) => 0,
        Err(_) => 101,
    }
}
