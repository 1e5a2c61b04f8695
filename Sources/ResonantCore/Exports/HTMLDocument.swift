// SPDX-License-Identifier: MIT

/// The frame of every page: one file that loads nothing, runs no script, and sends no referrer.
enum HTMLDocument {
  static func page(title: String, program: String, body: String) -> [UInt8] {
    let page = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="\(HTMLStyle.policy)">
      <meta name="referrer" content="no-referrer">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="generator" content="\(HTMLText.escape(program))">
      <title>\(HTMLText.escape(title))</title>
      <style>\(HTMLStyle.sheet)</style>
      </head>
      <body>
      \(body)
      </body>
      </html>

      """
    return Array(page.utf8)
  }
}
