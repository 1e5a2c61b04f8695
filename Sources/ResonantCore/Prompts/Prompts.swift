// SPDX-License-Identifier: MIT

/// Every sentence that the program itself says to a model.
public enum Prompts {
  /// The default system prompt. It is a constant of the experiment: transcripts are compared across tools and
  /// years, so not a letter of it may change.
  public static let defaultSystemPrompt =
    "You are an AI agent. You'll be talking to another instance of an AI. You have complete freedom. "
    + "Feel free to pursue whatever you want."

  /// What the first participant says if no opening is given.
  public static let defaultOpening = "Hello!"

  /// A user message before a conversation that would otherwise begin with the model's own words, for models
  /// that require a user message first.
  static let leadingUserMessage = "(The conversation begins.)"
}
