import java.lang.reflect.*;
import java.math.*;
import java.util.*;

/** Calls the candidate's function with JSON values, made into what its parameters are. */
final class Kcoder__Call {
    private final String text;
    private int at;

    private Kcoder__Call(String text) {
        this.text = text;
    }

    static void call(String name, String arguments) throws Throwable {
        List<?> given = (List<?>) new Kcoder__Call(arguments).read();
        Method method = method(name, given.size());
        method.setAccessible(true);
        Object[] made = new Object[given.size()];
        for (int i = 0; i < made.length; i++) made[i] = made(given.get(i), method.getGenericParameterTypes()[i]);
        Object on = null;
        if (!Modifier.isStatic(method.getModifiers())) {
            Constructor<?> constructor = method.getDeclaringClass().getDeclaredConstructor();
            constructor.setAccessible(true);
            on = constructor.newInstance();
        }
        Kcoder__.say(method.invoke(on, made));
    }

    private static Method method(String name, int count) throws ClassNotFoundException {
        for (String each : Kcoder__.classes)
            for (Method method : Class.forName(each).getDeclaredMethods())
                if (method.getName().equals(name) && method.getParameterCount() == count && !method.isSynthetic()) return method;
        Kcoder__.fail("build failed: there is no method " + name + " with " + count + " parameters");
        return null;
    }

    /** A value of the type that a parameter, or what it holds, is declared with. */
    private static Object made(Object value, Type type) throws Exception {
        Type[] of = type instanceof ParameterizedType ? ((ParameterizedType) type).getActualTypeArguments() : new Type[0];
        Class<?> kind = kind(type);
        if (kind == Optional.class) return value == null ? Optional.empty() : Optional.of(made(value, of(of, 0)));
        if (value == null) return null;
        if (kind.isArray()) return array((List<?>) value, type instanceof GenericArrayType ? ((GenericArrayType) type).getGenericComponentType() : kind.getComponentType());
        if (kind == char.class || kind == Character.class) return ((String) value).charAt(0);
        if (value instanceof Number) return number(kind, (Number) value);
        if (value instanceof Map) {
            Map<Object, Object> map = instance(kind, new LinkedHashMap<>());
            for (Map.Entry<?, ?> pair : ((Map<?, ?>) value).entrySet())
                map.put(key((String) pair.getKey(), of(of, 0)), made(pair.getValue(), of(of, 1)));
            return map;
        }
        if (!(value instanceof List)) return value;
        List<Object> items = new ArrayList<>();
        boolean tuple = kind.getName().startsWith("org.javatuples.");
        for (Object item : (List<?>) value) items.add(made(item, of(of, tuple ? items.size() : 0)));
        if (tuple) return kind.getMethod("fromCollection", Collection.class).invoke(null, items);
        Collection<Object> made = kind.isInstance(items) ? new ArrayList<>() : instance(kind, new LinkedHashSet<>());
        made.addAll(items);
        return made;
    }

    private static Type of(Type[] types, int number) {
        return number < types.length ? types[number] : Object.class;
    }

    private static Class<?> kind(Type type) {
        if (type instanceof Class) return (Class<?>) type;
        if (type instanceof ParameterizedType) return (Class<?>) ((ParameterizedType) type).getRawType();
        if (type instanceof GenericArrayType) return Array.newInstance(kind(((GenericArrayType) type).getGenericComponentType()), 0).getClass();
        return kind(type instanceof WildcardType ? ((WildcardType) type).getUpperBounds()[0] : ((TypeVariable<?>) type).getBounds()[0]);
    }

    @SuppressWarnings("unchecked")
    private static <T> T instance(Class<?> kind, T usual) throws Exception {
        return kind.isInstance(usual) ? usual : (T) kind.getDeclaredConstructor().newInstance();
    }

    private static Object array(List<?> items, Type type) throws Exception {
        Object array = Array.newInstance(kind(type), items.size());
        for (int i = 0; i < items.size(); i++) Array.set(array, i, made(items.get(i), type));
        return array;
    }

    private static Object key(String key, Type type) throws Exception {
        return Number.class.isAssignableFrom(kind(type)) ? made(new Kcoder__Call(key).read(), type) : made(key, type);
    }

    /** Where nothing is declared a whole number is an Integer, or a Long where it must, as a literal would be. */
    private static Object number(Class<?> kind, Number value) {
        if (kind == double.class || kind == Double.class) return value.doubleValue();
        if (kind == float.class || kind == Float.class) return value.floatValue();
        if (kind == BigDecimal.class) return new BigDecimal(value.toString());
        if (value instanceof Double) return value;
        BigInteger whole = (BigInteger) value;
        if (kind == BigInteger.class) return whole;
        if (kind == long.class || kind == Long.class) return whole.longValueExact();
        if (kind == short.class || kind == Short.class) return whole.shortValueExact();
        if (kind == byte.class || kind == Byte.class) return whole.byteValueExact();
        boolean wide = whole.bitLength() > 31 && kind != int.class && kind != Integer.class;
        return wide ? (Object) whole.longValueExact() : (Object) whole.intValueExact();
    }

    /** The JSON value that stands next. */
    private Object read() {
        char c = text.charAt(at);
        if (c == '"') return string();
        if (c == '[' || c == '{') {
            List<Object> items = new ArrayList<>();
            for (at++; text.charAt(at) != ']' && text.charAt(at) != '}'; ) {
                if (text.charAt(at) == ',' || text.charAt(at) == ':') at++;
                items.add(read());
            }
            at++;
            if (c == '[') return items;
            Map<Object, Object> map = new LinkedHashMap<>();
            for (int i = 0; i < items.size(); i += 2) map.put(items.get(i), items.get(i + 1));
            return map;
        }
        int start = at;
        while (at < text.length() && ",:]}".indexOf(text.charAt(at)) < 0) at++;
        String word = text.substring(start, at);
        if (word.equals("null")) return null;
        if (word.equals("true") || word.equals("false")) return word.equals("true");
        boolean whole = word.matches("-?[0-9]+");
        return whole ? (Object) new BigInteger(word) : (Object) Double.valueOf(word);
    }

    private String string() {
        StringBuilder made = new StringBuilder();
        for (at++; text.charAt(at) != '"'; at++) {
            char c = text.charAt(at);
            if (c == '\\') {
                c = text.charAt(++at);
                if (c == 'u') {
                    c = (char) Integer.parseInt(text.substring(at + 1, at + 5), 16);
                    at += 4;
                } else if (c != '"' && c != '\\') c = "\b\f\n\r\t".charAt("bfnrt".indexOf(c));
            }
            made.append(c);
        }
        at++;
        return made.toString();
    }
}
