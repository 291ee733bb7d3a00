import java.io.*;
import java.lang.reflect.*;
import java.math.*;
import java.nio.charset.StandardCharsets;
import java.util.*;

/** Starts a program's tests and says values behind the mark, whatever the candidate does to System.out. */
final class Kcoder__ {
    private static final FileOutputStream OUT = stream("/proc/self/fd/1", FileDescriptor.out);
    private static final FileOutputStream ERR = stream("/proc/self/fd/2", FileDescriptor.err);
    static String[] classes;

    /** The class whose main makes the calls, and the candidate's classes. */
    public static void main(String[] names) {
        classes = Arrays.copyOfRange(names, 1, names.length);
        int status = 1;
        try {
            Method main = Class.forName(names[0]).getDeclaredMethod("main", String[].class);
            main.setAccessible(true);
            main.invoke(null, (Object) new String[0]);
            status = 0;
        } catch (NoSuchMethodException | ClassNotFoundException missing) {
            write(ERR, "no main in " + names[0] + "\n");
        } catch (Throwable thrown) {
            write(ERR, "\n" + told(thrown, names[0]) + "\n");
        }
        Runtime.getRuntime().halt(status);
    }

    static void say(Object value) {
        StringBuilder text = new StringBuilder("\n{mark}");
        put(value, text, 0);
        write(OUT, text.append('\n').toString());
    }

    static void check(boolean holds, String condition) {
        if (!holds) fail("assertion failed: " + condition);
    }

    static void end() {
        say("end");
    }

    static void fail(String words) {
        write(ERR, "\n" + words + "\n");
        Runtime.getRuntime().halt(1);
    }

    private static FileOutputStream stream(String path, FileDescriptor otherwise) {
        try {
            return new FileOutputStream(path);  // stays open when a program closes its own
        } catch (IOException refused) {
            return new FileOutputStream(otherwise);
        }
    }

    private static void write(FileOutputStream stream, String text) {
        try {
            stream.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException gone) {
            Runtime.getRuntime().halt(1);
        }
    }

    /** What was thrown, in one line, with the first line of this program on its way. */
    private static String told(Throwable thrown, String tests) {
        while ((thrown instanceof InvocationTargetException || thrown instanceof ExceptionInInitializerError)
                && thrown.getCause() != null) thrown = thrown.getCause();
        StackTraceElement[] way = thrown.getStackTrace();
        boolean inTests = way.length > 0 && way[0].getMethodName().equals("main") && way[0].getClassName().equals(tests);
        String words = thrown instanceof AssertionError && inTests ? "assertion failed" : thrown.getClass().getName();
        if (thrown.getMessage() != null) words += ": " + thrown.getMessage();
        for (StackTraceElement place : way)
            if (place.getLineNumber() > 0 && place.getModuleName() == null && !place.getClassName().contains("{mark}"))
                return words + " (line " + place.getLineNumber() + ")";
        return words;
    }

    private static void put(Object value, StringBuilder text, int depth) {
        Class<?> kind = value == null ? null : value.getClass();
        if (depth > 200) text.append("{\"~r\":[null,\"too deep\"]}");
        else if (value == null || value instanceof Boolean) text.append(value);
        else if (value instanceof Integer || value instanceof Long || value instanceof Short || value instanceof Byte) text.append(value);
        else if (value instanceof Double || value instanceof Float) number(((Number) value).doubleValue(), text);
        else if (kind == BigInteger.class) integer((BigInteger) value, text);
        else if (value instanceof String || value instanceof Character) quote(value.toString(), text);
        else if (value instanceof Optional) {
            boolean empty = ((Optional<?>) value).isEmpty();
            text.append(empty ? "" : "{\"Optional\":");
            put(((Optional<?>) value).orElse(null), text, depth + 1);
            text.append(empty ? "" : "}");
        }
        else if (kind.isArray()) {
            List<Object> items = new ArrayList<>();
            for (int i = 0; i < Array.getLength(value); i++) items.add(Array.get(value, i));
            items(items, text, depth);
        } else if (value instanceof Map) {
            List<Object> pairs = new ArrayList<>();
            for (Map.Entry<?, ?> pair : ((Map<?, ?>) value).entrySet()) pairs.add(new Object[] {pair.getKey(), pair.getValue()});
            wrapped("~m", pairs, text, depth);
        } else if (value instanceof Set) wrapped("~s", (Set<?>) value, text, depth);
        else if (value instanceof Collection) items((Collection<?>) value, text, depth);
        else if (value instanceof Iterable && kind.getName().startsWith("org.javatuples.")) wrapped("~t", (Iterable<?>) value, text, depth);
        else {
            text.append("{\"~r\":[null,");
            quote(kind.getName(), text);
            text.append("]}");
        }
    }

    private static void wrapped(String kind, Iterable<?> items, StringBuilder text, int depth) {
        text.append("{\"").append(kind).append("\":");
        items(items, text, depth);
        text.append('}');
    }

    private static void items(Iterable<?> items, StringBuilder text, int depth) {
        String before = "[";
        text.append(items.iterator().hasNext() ? "" : "[");
        for (Object item : items) {
            text.append(before);
            put(item, text, depth + 1);
            before = ",";
        }
        text.append(']');
    }

    private static void number(double value, StringBuilder text) {
        if (value - value == 0) text.append(value);
        else text.append("{\"~f\":\"").append(value).append("\"}");
    }

    private static void integer(BigInteger value, StringBuilder text) {
        if (value.bitLength() < 8192) text.append(value);
        else text.append("{\"~h\":\"").append(value.toString(16)).append("\"}");
    }

    private static void quote(String value, StringBuilder text) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < 32 || c == '"' || c == '\\' || c == 127) text.append(String.format("\\u%04x", (int) c));
            else text.append(c);
        }
        text.append('"');
    }
}
