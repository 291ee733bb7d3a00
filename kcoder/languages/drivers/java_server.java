import java.io.*;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.*;
import javax.tools.*;

/**
 * Compiles programs, one after another, from memory into memory. Nothing of a program is loaded or run, and nothing
 * stays of it but what the JVM has learnt of the compiler. The first word of a request is the class path.
 */
final class Server {
    private static final int DONE = 0, FAILED = 1, MEMORY = 2, BROKEN = 3;
    private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();
    private static final Map<String, StandardJavaFileManager> LIBRARIES = new HashMap<>();

    public static void main(String[] none) throws IOException {
        DataInputStream in = new DataInputStream(new BufferedInputStream(System.in));
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)));
        System.setOut(System.err);
        answer(out, DONE, "", Map.of());
        while (true) {
            List<String> words = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) words.add(text(in));
            List<Source> sources = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) sources.add(new Source(text(in), text(in)));
            StringWriter said = new StringWriter();
            Map<String, ByteArrayOutputStream> classes = new TreeMap<>();
            int status;
            try {
                status = compile(words, sources, said, classes) ? DONE : FAILED;
            } catch (OutOfMemoryError error) {
                status = MEMORY;
            } catch (Throwable error) {  // of the compiler's, which may not be what it was any more
                status = BROKEN;
                said.write(error.toString());
            }
            answer(out, status, said.toString(), status == DONE ? classes : Map.of());
            if (status > FAILED) Runtime.getRuntime().halt(1);
        }
    }

    private static boolean compile(
            List<String> words, List<Source> sources, Writer said, Map<String, ByteArrayOutputStream> classes) throws IOException {
        Memory files = new Memory(library(words.get(0)), classes);
        return COMPILER.getTask(said, files, null, words.subList(1, words.size()), null, sources).call();
    }

    private static StandardJavaFileManager library(String path) throws IOException {
        StandardJavaFileManager found = LIBRARIES.get(path);
        if (found == null) {
            found = COMPILER.getStandardFileManager(null, null, StandardCharsets.UTF_8);
            found.setLocation(StandardLocation.CLASS_PATH, path.isEmpty() ? List.of() : List.of(new File(path)));
            LIBRARIES.put(path, found);
        }
        return found;
    }

    private static String text(DataInputStream in) throws IOException {
        return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
    }

    private static void answer(DataOutputStream out, int status, String said, Map<String, ByteArrayOutputStream> files)
            throws IOException {
        out.writeInt(status);
        bytes(out, said.getBytes(StandardCharsets.UTF_8));
        out.writeInt(files.size());
        for (Map.Entry<String, ByteArrayOutputStream> file : files.entrySet()) {
            bytes(out, file.getKey().getBytes(StandardCharsets.UTF_8));
            bytes(out, file.getValue().toByteArray());
        }
        out.flush();
    }

    private static void bytes(DataOutputStream out, byte[] text) throws IOException {
        out.writeInt(text.length);
        out.write(text);
    }

    private static URI uri(String path) throws IOException {
        try {
            return new URI("memory", null, "/" + path, null);
        } catch (java.net.URISyntaxException error) {
            throw new IOException(error);
        }
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String name, text;

        Source(String name, String text) throws IOException {
            super(uri(name), Kind.SOURCE);
            this.name = name;
            this.text = text;
        }

        @Override public CharSequence getCharContent(boolean ignored) { return text; }
        @Override public String getName() { return name; }
    }

    private static final class Memory extends ForwardingJavaFileManager<StandardJavaFileManager> {
        private final Map<String, ByteArrayOutputStream> classes;

        Memory(StandardJavaFileManager library, Map<String, ByteArrayOutputStream> classes) {
            super(library);
            this.classes = classes;
        }

        @Override public JavaFileObject getJavaFileForOutput(Location where, String name, JavaFileObject.Kind kind, FileObject from)
                throws IOException {
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            classes.put(name.replace('.', '/') + ".class", content);
            return new SimpleJavaFileObject(uri(name), kind) {
                @Override public OutputStream openOutputStream() { return content; }
            };
        }
    }
}
