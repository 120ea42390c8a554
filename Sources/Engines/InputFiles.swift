import Basics
import Tables

extension [InputFile] {
  /// The files of a table with what is known of them beside their bytes: what they hold, and what divides their fields if it
  /// is no comma.
  func described(by source: TableSource, as role: InputFile.Role? = nil) -> [InputFile] {
    zip(self, source.parts).map { file, part in
      var file = file
      file.role = role
      if part.delimiter != UInt8(ascii: ",") { file.separator = String(Unicode.Scalar(part.delimiter)) }
      return file
    }
  }
}
