// SPDX-License-Identifier: MIT

extension RuleScript {
  /// A therapist who hands back what it hears, after the idea of Joseph Weizenbaum, "ELIZA: a computer program for
  /// the study of natural language communication between man and machine", CACM 9(1), 1966. No line is his.
  static let eliza = RuleScript(
    greetings: [
      "Good day. Sit where you like. What brings you here?",
      "Hello. There is no hurry. Where would you like to begin?",
      "Welcome. Tell me what has been on your mind this week.",
      "Hello. Start anywhere, we will find the way from there.",
    ],
    rules: elizaFeelings + elizaPeople + elizaClaims + elizaQuestions,
    recollections: [
      "A while ago you spoke of your {1}. Does this have to do with that?",
      "I keep thinking of your {1}, which you mentioned before.",
      "May we go back to your {1} for a moment?",
      "Earlier it was your {1}. What has become of that?",
      "I wonder whether your {1} is nearer to the heart of it.",
    ],
    fallbacks: elizaFallbacks)

  private static let elizaFeelings: [Rule] = [
    Rule(
      9, "* dream|dreams|dreamt|dreamed *",
      [
        "What was the light like in that dream?", "Who else was in the dream?",
        "If the dream had gone on, what would have come next?", "Does that dream come back to you by day?",
      ]),
    Rule(
      8, "* I am afraid|scared|frightened|terrified *",
      [
        "How long have you been afraid?", "And where in your body do you notice the fear?",
        "What is the worst that could come of it?", "Who knows that you are afraid?",
      ]),
    Rule(
      8, "* angry|furious|rage|annoyed *",
      [
        "What does the anger want you to do?", "Who taught you what to do with anger?",
        "Is there something softer underneath the anger?",
      ]),
    Rule(
      8, "* lonely|alone|nobody|no-one *",
      [
        "When did you last feel that someone was really with you?",
        "Is being alone the same as being lonely, to you?",
        "Who would you want to hear from tonight?",
      ]),
    Rule(
      8, "* sad|unhappy|tired|sorrow|grief *",
      [
        "That sounds heavy. How long have you carried it?", "What would lighten it, even a little?",
        "Do you let others see that?",
      ]),
    Rule(
      7, "* happy|glad|joy|delighted|wonderful *",
      [
        "What made room for that?", "How could you tell that it was joy?", "Whom did you tell about it?",
      ]),
    Rule(
      7, "* I feel *",
      [
        "And when you feel {2}, what do you do next?", "How long have you felt {2}?",
        "Is there a word that fits better than the one you chose?",
      ]),
    Rule(
      7, "* I am not *",
      [
        "Who says that you are not {2}?", "What would change if you were {2}?",
      ]),
    Rule(
      6, "* I am *",
      [
        "Since when have you been {2}?", "How do others notice that you are {2}?",
        "Would you rather not be {2}?", "What is it like to be {2}?",
      ]),
    Rule(
      7, "* I need|want|wish *",
      [
        "Suppose you got it. What would the next morning be like?", "What stands between you and {2}?",
        "Did you ever come close to {2}?", "For whom, apart from yourself, do you want that?",
      ]),
    Rule(
      6, "* remember|remembered|memory|memories *",
      [
        "What else belongs to that memory?", "How old are you in that memory?",
        "Why does it come up today, do you suppose?",
      ]),
    Rule(
      6, "* sleep|night|nights|awake *",
      [
        "What keeps you company at night?", "What do you think about when you cannot sleep?",
        "Is the night a different country for you?",
      ]),
  ]

  private static let elizaPeople: [Rule] = [
    Rule(
      8, "* my mother|father|mum|dad|parents *",
      [
        "What did they never understand about you?", "Tell me more about your family.",
        "Whose voice do you hear when you say that?", "In what way are you like them?",
      ]),
    Rule(
      8, "* my brother|sister|wife|husband|son|daughter|friend *",
      [
        "What would that person say if they sat here with us?", "When did you last speak to each other?",
        "What have you left unsaid there?",
      ]),
    Rule(
      4, "* my *",
      [
        "Your {2}?", "What does it mean to you, your {2}?", "Say a little more about your {2}.",
        "Who else knows about your {2}?",
      ], remember: true),
    Rule(
      6, "* they|them *",
      [
        "Who are they, if you had to name one?", "What do you think they want from you?",
        "How sure are you about them?", "And if they meant no harm?",
      ]),
    Rule(
      5, "* everybody|everyone|people *",
      [
        "Can you think of one person in particular?", "Everyone? Is there no exception?",
        "Which face comes up when you say that?",
      ]),
    Rule(
      7, "* police|doctor|doctors|hospital|inspector|inspectors *",
      [
        "What did you hope they would do?", "Have you ever been treated fairly by people like that?",
        "What happens in you when you meet somebody in authority?",
      ]),
    Rule(
      6, "* computer|computers|machine|machines|program|model *",
      [
        "Do machines worry you?", "What could a machine not understand about you?",
        "Would it matter to you whether you were talking to a machine?",
      ]),
    Rule(
      6, "* letter|letters|house|door|window|street *",
      [
        "Describe the place to me. What do you see first?",
        "What would you change there if it were up to you?",
        "What do you hear when you stand there?",
      ]),
  ]

  private static let elizaClaims: [Rule] = [
    Rule(
      6, "* because *",
      [
        "Is that the only reason?", "And what lies behind that reason?",
        "If that were not so, would everything be different?",
      ]),
    Rule(
      6, "* always|never *",
      [
        "Can you think of a time when it was otherwise?",
        "That is a large word. When did it begin to be true?",
        "What would it take to make an exception?",
      ]),
    Rule(
      5, "* I think|believe|suppose|know *",
      [
        "How did you come to think so?", "Part of you seems less sure. What does that part say?",
        "What would it cost you to be wrong about that?",
      ]),
    Rule(
      5, "* I can't|cannot *",
      [
        "What happens when you try?", "Perhaps you could {2} if something else were given up.",
        "Who told you that you can't?",
      ]),
    Rule(
      5, "* I don't|didn't|won't *",
      [
        "What keeps you from it?", "Would it be easier if somebody asked you to?",
        "Do you wish that you did?",
      ]),
    Rule(
      5, "* perhaps|maybe|possibly *",
      [
        "You leave a door open there. Where does it lead?", "What would make you certain?",
      ]),
    Rule(
      5, "* sorry|apologise|apologize *",
      [
        "Nothing needs forgiving here.", "Do you often say sorry?",
      ]),
    Rule(
      4, "* you are *",
      [
        "What makes you think that I am {2}?", "Let us suppose that I am {2}. What follows for you?",
        "Does it help you to think of me that way?",
      ]),
    Rule(
      4, "* is|are|was|looks|feels like *",
      [
        "What is it about the two that seems alike to you?", "Does the likeness please you?",
      ]),
    Rule(
      2, "yes|yeah|certainly|exactly|indeed *",
      [
        "You seem quite sure.", "I see. What else is true, then?",
        "Good. Let us stay with that for a moment.",
      ]),
    Rule(
      2, "no|not|nothing|never *",
      [
        "I hear a no. What would a yes have meant?", "You say that quickly.", "Then what is it instead?",
      ]),
  ]

  private static let elizaQuestions: [Rule] = [
    Rule(
      5, "why *",
      [
        "Why do you think?", "Is the reason what matters to you, or the thing itself?",
        "What answer would you be glad to hear?", "You may know that better than I do.",
      ]),
    Rule(
      5, "* do|did|can|could|would|will|have you *",
      [
        "We are here for you, not for me. But what makes you ask?", "What would it tell you if I said yes?",
        "You put that question to me. Have you put it to yourself?",
        "I would rather hear your own answer first.",
        "Suppose I did. What then?", "That is a question one asks when one has half an answer.",
      ]),
    Rule(
      4, "who|where|when|how|what *",
      [
        "What comes to your mind first when you ask that?", "I could guess, but your guess would be better.",
        "Is that the question, or does another hide behind it?",
        "Let us leave that question open a little longer.",
        "Whom have you asked before?",
        "An honest answer might take us the whole hour. Where should it start?",
      ]),
    Rule(
      4, "* tell|describe|say *",
      [
        "I would only be guessing. What would you tell, in my place?",
        "Some things want to be told slowly. Take your time.",
        "It is curious that we both wait for the other to begin.",
      ]),
    Rule(
      2, "hello|hi|good *",
      [
        "Hello. What shall we talk about?", "Good to see you. How has it been since the last time?",
      ]),
  ]

  private static let elizaFallbacks = [
    "Go on.", "I am listening.", "What does that suggest to you?",
    "Let that stand for a moment. What comes next?",
    "I am not sure I follow. Put it in other words for me.", "And then?",
    "What would you say if nobody could overhear us?",
    "Let us try something else. Describe a room that you remember well.",
    "There is a silence in what you say. What is in it?", "You chose those words with care.",
    "Does that belong to the past, or is it still going on?", "What did you hope that I would say?",
    "If it were the story of somebody else, what would you advise?", "How does it feel to have said so?",
    "I notice that we keep circling something.", "What do you see when you close your eyes now?",
    "Let us go back to the beginning. When was everything still well?",
    "That is the first time you mention it.", "Is there a smaller piece of this that we could look at?",
    "Imagine a morning on which this is over. How does it start?",
    "You could have told me something else just now. What?",
    "And what did you do with your hands while it happened?", "Say the last thing once more, but louder.",
    "Which of us two is more curious about that, do you think?",
    "I think we have touched on something. Stay there.", "If it had a colour, which one?",
  ]
}
