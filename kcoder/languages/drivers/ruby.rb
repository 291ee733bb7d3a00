# Runs candidate.rb, then tests.rb at the outermost level: `ruby kcoder.rb`. What is said goes to standard output behind
# the mark. Methods that a candidate may have changed are called as they were before; the files are gone by then.
lambda do
  was = ->(kind, name) { kind.instance_method(name) }
  is_a, name_of, class_of, id_of = was.(Module, :===), was.(Module, :name), was.(Kernel, :class), was.(BasicObject, :__id__)
  decimals, float_text, rational, symbol_text = was.(Integer, :to_s), was.(Float, :to_s), was.(Rational, :to_f), was.(Symbol, :to_s)
  length, item, join, pairs = was.(Array, :length), was.(Array, :[]), was.(Array, :join), was.(Hash, :to_a)
  gsub, encoding, valid, ascii, unpack = %i[gsub encoding valid_encoding? ascii_only? unpack1].map { |name| was.(String, name) }
  message, trace, write = was.(Exception, :message), was.(Exception, :backtrace), was.(IO, :syswrite)
  start, evaluate, finish = method(:load), method(:eval), Process.method(:exit!)
  output, errors = [STDOUT, STDERR].map { |stream| stream.dup.binmode }

  escapes = (0..31).to_h { |code| [code.chr, "\\u%04x" % code] }.merge("\"" => "\\\"", "\\" => "\\\\")
  quoted = ->(text) { "\"#{gsub.bind_call(text, /["\\\x00-\x1f]/, escapes)}\"" }
  foreign = ->(name) { "{\"~r\":[null,#{quoted.(name)}]}" }
  text = lambda do |value|
    utf8 = encoding.bind_call(value).equal?(Encoding::UTF_8) && valid.bind_call(value)
    ascii.bind_call(value) || utf8 ? quoted.(value) : "{\"~b\":\"#{unpack.bind_call(value, "H*")}\"}"
  end
  float = lambda do |value|
    said = float_text.bind_call(value)
    { "NaN" => '{"~f":"nan"}', "Infinity" => '{"~f":"inf"}', "-Infinity" => '{"~f":"-inf"}' }[said] || said
  end

  # a value as JSON; `above` are the ids of the objects that it lies in
  told = nil
  list = lambda do |value, above, each|
    items, index, last = [], 0, length.bind_call(value)
    while index < last
      items[index] = each.(item.bind_call(value, index), above)
      index += 1
    end
    "[#{join.bind_call(items, ",")}]"
  end
  within = lambda do |value, above, items, each|
    id = id_of.bind_call(value)
    next foreign.("circular") if above.include?(id)
    next foreign.("too deep") if above.size > 150
    list.(items, above + [id], each)
  end
  pair = lambda do |value, above|
    key, held = item.bind_call(value, 0), item.bind_call(value, 1)
    listed = is_a.bind_call(Array, key) || is_a.bind_call(Hash, key)
    "[#{listed ? foreign.("list as a key") : told.(key, above)},#{told.(held, above)}]"
  end
  told = lambda do |value, above|
    is = ->(kind) { is_a.bind_call(kind, value) }
    if true.equal?(value) then "true"
    elsif false.equal?(value) then "false"
    elsif nil.equal?(value) then "null"
    elsif is.(Integer) then decimals.bind_call(value)
    elsif is.(Float) then float.(value)
    elsif is.(Rational) then float.(rational.bind_call(value))
    elsif is.(String) then text.(value)
    elsif is.(Symbol) then "{\"~y\":#{text.(symbol_text.bind_call(value))}}"
    elsif is.(Array) then within.(value, above, value, told)
    elsif is.(Hash) then "{\"~m\":#{within.(value, above, pairs.bind_call(value), pair)}}"
    elsif defined?(BigDecimal) && is.(BigDecimal) then float.(was.(BigDecimal, :to_f).bind_call(value))
    elsif is.(Kernel) then foreign.(name_of.bind_call(class_of.bind_call(value)) || "object")
    else foreign.("BasicObject")
    end
  end
  put = lambda do |stream, words|
    words = words.b
    words = words.byteslice(write.bind_call(stream, words)..) until words.empty?
  end
  say = ->(value) { put.(output, "\n{mark}#{told.(value, [])}\n") }

  # the place in the candidate where an error came from, and the error, on one line
  places = ->(error) { (trace.bind_call(error) || []).grep(/candidate\.rb:\d+/) }
  words = lambda do |error|
    lines = message.bind_call(error).to_s.b.lines.map(&:strip)
    remark = lines.filter_map { |line| line[/\A[|>\s]*\^+ (.+)/, 1] }.first
    line = places.(error).first.to_s[/candidate\.rb:(\d+)/, 1] || lines.first.to_s[/candidate\.rb:(\d+)/, 1]
    said = [lines.first.to_s.sub(/\A\S*candidate\.rb:\d+: /, ""), remark].compact.join(": ")
    "#{line && "line #{line}: "}#{class_of.bind_call(error)}: #{said}"[0, 300]
  rescue Exception
    "an error that cannot be told"
  end
  ended = lambda do |prefix, error|
    # who leaves on purpose has nothing to tell
    finish.call(0) if is_a.bind_call(SystemExit, error)
    put.(errors, "\n#{prefix}#{words.(error)}\n")
    finish.call(1)
  end

  tests = File.read("tests.rb", encoding: "UTF-8")
  File.delete("tests.rb", __FILE__)
  run = -> {}
  if tests.include?("test/unit")
    require "test/unit"
    Test::Unit::AutoRunner.need_auto_run = false
    library, cases, all = Test::Unit::Assertions, Test::Unit::TestCase, ObjectSpace.method(:each_object)
    held = (library.instance_methods(false) + library.private_instance_methods(false)).to_h { |name| [name, was.(library, name)] }
    # what the candidate did to test-unit's assertions is covered by themselves
    run = lambda do
      all.call(cases.singleton_class) { |each| held.each { |name, assertion| each.define_method(name, assertion) } }
      Test::Unit::AutoRunner.run(false, nil, []) or raise Test::Unit::AssertionFailedError, "a test failed"
    end
  end
  srand(0)
  begin
    start.call("./candidate.rb")
  rescue Exception => error
    ended.(is_a.bind_call(SyntaxError, error) && places.(error).empty? ? "build failed: " : "", error)
  end
  begin
    scope = TOPLEVEL_BINDING.dup
    { say{mark}: say, run{mark}: run }.each { |name, value| scope.local_variable_set(name, value) }
    evaluate.call(tests, scope, "tests.rb")
  rescue Exception => error
    failed = defined?(Test::Unit::AssertionFailedError) && is_a.bind_call(Test::Unit::AssertionFailedError, error)
    ended.(failed ? "assertion failed: " : "", error)
  end
  finish.call(0)
end.call
