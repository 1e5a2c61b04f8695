// SPDX-License-Identifier: MIT

/// Every sentence that the program itself says to a model.
public enum Prompts {
  /// The system prompt where none is given. A constant of the experiment: transcripts are compared across tools
  /// and years, so not a letter of it changes.
  public static let defaultSystemPrompt =
    "You are an AI agent. You'll be talking to another instance of an AI. You have complete freedom. "
    + "Feel free to pursue whatever you want."

  /// What the first participant says where no opening is given.
  public static let defaultOpening = "Hello!"

  /// Stands before a conversation that would begin with the model's own words, for models that insist on
  /// being spoken to first.
  static let leadingUserMessage = "(The conversation begins.)"
}
