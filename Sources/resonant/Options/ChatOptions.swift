// SPDX-License-Identifier: MIT

import ArgumentParser
import ResonantCore

/// Every flag of a conversation.
struct ChatOptions: ParsableArguments {
  @OptionGroup(title: "Models") var endpoints: EndpointOptions
  @OptionGroup(title: "Participants and prompts") var prompts: PromptOptions
  @OptionGroup(title: "Course of the conversation") var course: CourseOptions
  @OptionGroup(title: "Requests") var requests: RequestOptions
  @OptionGroup(title: "Files") var output: OutputOptions
  @OptionGroup(title: "Screen") var process: ProcessOptions

  /// The flags that were given, keyed as in a plan; those of the process apart, which have no keys there.
  func overlay() -> JSONObject {
    var overlay = Overlay()
    endpoints.write(to: &overlay)
    prompts.write(to: &overlay)
    course.write(to: &overlay)
    requests.write(to: &overlay)
    output.write(to: &overlay)
    return overlay.values
  }
}
