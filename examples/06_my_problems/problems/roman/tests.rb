require 'test/unit'

class TestRoman < Test::Unit::TestCase
  def test_roman
    assert_equal("IV", roman(4))
    assert_equal("MCMXCIV", roman(1994))
  end
end
