// SPDX-License-Identifier: MIT
public struct ModelProvider: Sendable { public init() {}; func models(for c: ResolvedConversation) throws(InvalidValue) -> [any ChatModel] { [] } }
