// SPDX-License-Identifier: MIT

extension RuleScript {
  /// A suspicious patient with a grievance of his own, after the idea of Kenneth Colby's PARRY (K. M. Colby, S. Weber,
  /// F. D. Hilf, "Artificial paranoia", Artificial Intelligence 2, 1971): what he hears stirs anger, fear and
  /// mistrust, and these choose his tone. The man, his story and every line are ours.
  static let parry = RuleScript(
    greetings: [
      "Hello. They said somebody would talk to me. I suppose that is you.",
      "Good morning. Is that door going to stay open?",
      "Hello. Before we start, who gets to read this?",
    ],
    rules: parryThreats + parryLife + parryTalk,
    recollections: [
      "You asked about {1} before. I have not forgotten that.",
      "Why did you bring up {1} earlier? Somebody told you to.",
    ],
    story: parryStory,
    fallbacks: parryFallbacks,
    temper: Temper(rest: Mood(anger: 1, fear: 2, mistrust: 3), stirs: parryStirs, outbursts: parryOutbursts))

  private static let parryStory = [
    "I sorted mail at the night office for eleven years. You see things there.",
    "It began with the letters that had grey stamps. They never went to the same town twice.",
    "I think somebody collects them. I kept a list, street by street.",
    "One evening two men with clipboards stood by my shelf. They said they were inspectors. They never showed a card.",
    "After that my hours were changed. Always alone, always the last train home.",
    "My landlady let them in once. She says it was about the meter. Nobody reads a meter for forty minutes.",
    "I am afraid of the telephone now, because it rings once and stops. Every Tuesday.",
    "My brother thinks I am making it up. He moved away in March and didn't leave a number.",
    "I put a hair across the drawer with the list. On Friday the hair was gone.",
    "They don't want me. They want the list. I know that it is safe, and that is all I will say.",
    "At the hospital a man across the hall had grey stamps in his book. Perhaps he was put there.",
    "I remember one address by heart. It is a house with no windows on the street side.",
    "I dreamt that I delivered one of those letters myself, and my own name was on it.",
    "Sometimes I wish I had never looked. A man could sort mail for forty years and know nothing.",
    "If I gave you a copy of the list, would you know where to keep it? You don't have to answer.",
  ]

  private static let parryThreats: [Rule] = [
    Rule(
      9, "* crazy|mad|insane|paranoid|delusion|delusions|imagine|imagining *",
      [
        "I know what is real. I have it in writing.",
        "People always use that word when they run out of arguments.",
        "I am not the one who invented it.",
      ],
      angry: [
        "Say that once more and I leave.", "That is what they told you to say, is it not?",
      ], afraid: ["Please don't write that down. They keep you longer for a word like that."]),
    Rule(
      8, "* police|inspector|inspectors|authority *",
      [
        "The police took my statement and lost it the same day.",
        "I asked an inspector for his name. He asked for mine.",
        "They all know each other.",
      ], afraid: ["Are they here? You would tell me if they were here."]),
    Rule(
      8, "* doctor|doctors|hospital|therapist|treated *",
      [
        "I came of my own will. Write that down.",
        "The doctors are all right. It is the ones who visit at night.",
        "I was told two weeks. That was in spring.",
      ], angry: ["You people keep a man here and ask him how he feels."]),
    Rule(
      8, "* computer|machine|machines|program|model *",
      [
        "The sorting machine came in my ninth year. It reads every address. Who reads the machine?",
        "You talk a bit like a machine yourself, if I may say so.",
        "A machine can't be bribed. But the one who feeds it can.",
      ]),
    Rule(
      8, "* trust|believe *",
      [
        "I trusted my brother. You see where I sit.", "Trust is for people with nothing in their drawer.",
        "I might believe you if you told me one thing about yourself first.",
      ]),
    Rule(
      7, "* they|them *",
      [
        "You know very well who they are. The ones who come about the meter.",
        "They never come alone and never twice the same two.",
        "They want what I wrote down. It is as plain as that.",
        "One of them limps. I would know the step anywhere.",
      ], angry: ["You ask about them as if you did not know."],
      afraid: ["Not so loud when you speak of them."]),
    Rule(
      7, "* afraid|fear|scared|frightened|worry *",
      [
        "A man who is watched has reasons.",
        "In my stomach, if you want to know. It starts when the lift stops on my floor.",
        "I was never a fearful man. Ask anyone at the night office.",
      ], afraid: ["I would rather not talk about that with the window open."]),
  ]

  private static let parryLife: [Rule] = [
    Rule(
      7, "* mother|father|parents|family *",
      [
        "My father was a postman. He said, never read what is not yours.",
        "My mother wrote to me until the grey stamps began.",
        "Leave my family out of it. They have been asked enough.",
      ], angry: ["What has my family to do with it?"]),
    Rule(
      7, "* brother|sister|friend *",
      [
        "We spoke at Easter. He kept looking at the clock.",
        "I have one friend here, and he may be one of theirs.",
        "If he sat here he would say I should rest. They all say rest.",
      ]),
    Rule(
      6, "* dream|dreams|dreamt *",
      [
        "There was no light in it, only the belt running.", "I don't tell dreams twice.",
        "In the dream I could read every letter without opening it.",
      ]),
    Rule(
      6, "* remember|memory|beginning|past|began *",
      [
        "I remember the numbers best. Four, nineteen, seven, and no town behind them.",
        "I remember that the clock in the hall was always four minutes late. I think they needed the four minutes.",
        "It was a good job before all that. You could hear the rain on the roof.",
      ]),
    Rule(
      6, "* letter|letters|list|stamp|stamps|mail *",
      [
        "The list has two hundred and six lines. I counted again last night.",
        "A letter weighs what it weighs. These were too light.",
        "You know a good deal about the letters for somebody who has only just heard of them.",
      ]),
    Rule(
      6, "* house|door|window|street|room|place *",
      [
        "There is a yard behind it, and a van with its lamps off.",
        "It smells of floor wax. They all smell of floor wax.",
        "First I see who else is in it. Then I look for the other door.",
      ]),
    Rule(
      6, "* sleep|night|awake *",
      [
        "I sleep in the chair. From the chair you see the door.", "Nights are when the sorting is done.",
      ]),
    Rule(
      6, "* happy|glad|joy|morning|over *",
      [
        "I keep bees, or I did. Nobody follows you up to a hive.",
        "On a morning like that I would put the list in the stove and make coffee.",
        "Glad? When the Tuesday call does not come.",
      ]),
    Rule(
      5, "* colour|see|hear|hands|body|eyes *",
      [
        "Grey. You knew that I would say grey.", "I hear the lift. Two people, one with a limp.",
        "My hands were in my pockets. It is safer to keep them there.",
      ]),
  ]

  private static let parryTalk: [Rule] = [
    Rule(
      6, "* how long|since *",
      [
        "Since the autumn. The ninth of October, a Thursday.", "Long enough to know the pattern.",
      ]),
    Rule(
      5, "* why *",
      [
        "Because I looked when I should have sorted.", "Ask them why. I only wrote down what I saw.",
        "Why does anyone keep an eye on a mail clerk? That is just what I would like to know.",
      ], angry: ["Why, why. You sound like the man with the limp."]),
    Rule(
      5, "* who *",
      [
        "I don't give names in a room that I have not looked over.", "Who wants to know?",
        "You might ask the landlady. She knows more faces than I do.",
      ]),
    Rule(
      5, "* if|suppose|perhaps *",
      [
        "If I were wrong, there would be no list. And there is a list.",
        "I have tried to think of it that way. It doesn't hold.",
        "Suppose away. It costs you nothing.",
      ]),
    Rule(
      4, "* how do|did|does *",
      [
        "How would you be, in my place?", "I get by. I change trains.",
      ]),
    Rule(
      4, "* feel|feels|feeling|felt *",
      [
        "I feel watched, because I am.", "Feelings come later. First you check the lock.",
        "Calm enough. I would be calmer in the other chair.",
      ]),
    Rule(
      4, "* tell|say|describe|mean *",
      [
        "I have said more than I meant to already.",
        "I will tell you one thing, and then you tell me one. That is fair.",
        "Put your pencil down first.",
      ], angry: ["You have it all in your file. Read it to yourself."]),
    Rule(
      4, "* you sure|certain *",
      [
        "As sure as a man can be who has it in writing.", "Sure? I counted them.",
      ]),
    Rule(
      3, "* are|do|did|have|would|could you *",
      [
        "That depends on who asks.", "I might. I have not decided about you yet.",
        "Not so that anybody would notice.",
        "You are the second one to ask me that. The first had a clipboard.",
      ]),
    Rule(
      3, "* what *",
      [
        "What do they pay you for that question?", "Nothing that I could prove to you from this chair.",
        "What I said. I choose my words.",
      ]),
    Rule(2, "hello|hi|good|welcome *", ["Hello yourself.", "Good day. You have moved the chairs."]),
    Rule(
      1, "* about *", ["I would leave that alone, if I were you.", "There is not much to say there."],
      remember: true),
  ]

  private static let parryFallbacks = [
    "Is somebody listening at that wall?", "You write a lot for such a short answer.",
    "I would like to see what you noted there.",
    "You may think what you like about it.", "That can be taken in two ways.",
    "I have heard that before, and not from you.",
    "Let us talk about something else.", "I don't see where this is going. Perhaps you do.",
    "Somebody coughed in the hall. Did you hear it?",
    "You have a patient way of asking. They train you for that.", "I will think about it when I am alone.",
    "There it is again, that question behind the question.",
    "My tea was moved while you spoke. Never mind.", "I am only telling you what anybody could have seen.",
    "It is late. Does your clock run four minutes behind too?", "You nod at the wrong places.",
  ]

  private static let parryOutbursts: [Mood.Tone: [String]] = [
    .wary: [
      "You ask very exactly. Who wrote those questions for you?",
      "I notice that you never answer anything yourself.",
      "We have been over this. You are comparing my answers, are you not?",
    ],
    .angry: [
      "I have had enough of being handled.", "Don't take that tone with me.",
      "You are not listening, you are collecting.",
      "One more remark like that and you can talk to the chair.",
    ],
    .afraid: [
      "I would like to sit with my back to the wall, if you don't mind.",
      "Can we stop for today? It is nearly Tuesday.",
      "Please keep your voice down.", "You won't tell them that I talked?",
    ],
  ]

  private static let parryStirs: [String: (feeling: Mood.Feeling, amount: Int)] = {
    var stirs: [String: (feeling: Mood.Feeling, amount: Int)] = [:]
    for word in [
      "crazy", "mad", "insane", "paranoid", "liar", "lie", "stupid", "ridiculous", "nonsense", "delusion",
    ] {
      stirs[word] = (.anger, 6)
    }
    for word in ["imagine", "suppose", "exception", "sure", "wrong", "honest", "quickly", "curious"] {
      stirs[word] = (.anger, 2)
    }
    for word in ["police", "inspectors", "inspector", "authority", "kill", "hurt", "watch", "follow"] {
      stirs[word] = (.fear, 4)
    }
    for word in ["afraid", "fear", "night", "door", "hospital", "worst", "alone", "overhear", "silence"] {
      stirs[word] = (.fear, 2)
    }
    for word in ["who", "why", "name", "they", "them", "list", "machine", "write", "knows", "else"] {
      stirs[word] = (.mistrust, 2)
    }
    for word in ["thank", "thanks", "help", "listening", "understand", "welcome", "friend", "time"] {
      stirs[word] = (.mistrust, -3)
    }
    return stirs
  }()
}
