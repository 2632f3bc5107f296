namespace QuickstartData;

/// <summary>The vocabulary of the closed world. No value occurs in a template, a filler or a courtesy.</summary>
public static class Relations
{
    private static readonly string[] People =
    [
        "Ada", "Ben", "Cora", "Dan", "Ella", "Finn", "Gwen", "Hugo", "Ida", "Jack", "Kira", "Leo",
        "Mara", "Nils", "Olga", "Paul", "Rosa", "Sam", "Tess", "Umar", "Vera", "Walt", "Yara", "Zane",
    ];

    private static readonly string[] Things =
        ["lamp", "clock", "chair", "mirror", "ladder", "basket", "kettle", "carpet", "bell", "trunk", "bench"];

    private static readonly string[] Towns = ["Alden", "Brook", "Corvale", "Dunmoor", "Eastmere", "Fairwick", "Glenford", "Harrow"];

    /// <summary>Where people live.</summary>
    public static readonly Relation Home = new("home", "home_and_work", People, Towns)
    {
        Questions =
        [
            "Where does {s} live?", "Which town does {s} live in?", "Tell me the home town of {s}.", "In which town is the home of {s}?",
            "I want to visit {s}. Which town should I go to?", "What is the name of the town where {s} lives?",
            "Please name the town that {s} calls home.", "{s} has a house in which town?",
        ],
        InvertedQuestions = ["Name someone who lives in {v}.", "Who could I visit in {v}?"],
        DevQuestions = ["Could you tell me where {s} lives?"],
        EvalQuestions = ["Please tell me where {s} lives.", "Which town is the home of {s}?"],
        Statements =
        [
            "{s} lives in {v}.", "The home town of {s} is {v}.", "{s} has a house in {v}.", "In {v} you will find the home of {s}.",
            "{v} is the town where {s} lives.", "The town that {s} calls home is {v}.",
        ],
        Clause = "lives in {v}",
        NegatedClause = "does not live in {v}",
        ListIntro = "These people live in {v}:",
        Answers = ["{s} lives in {v}.", "The home town of {s} is {v}."],
        BareAnswers = ["{v}.", "In {v}."],
    };

    /// <summary>What people do for a living.</summary>
    public static readonly Relation Job = new(
        "job", "home_and_work", People, ["baker", "pilot", "doctor", "farmer", "tailor", "sailor", "teacher", "painter"])
    {
        Questions =
        [
            "What does {s} do for a living?", "What is the job of {s}?", "Which job does {s} have?", "Tell me the job of {s}.",
            "How does {s} earn money?", "Please name the job that {s} does.", "{s} works as what?",
            "I met {s} at work. What was the job?",
        ],
        InvertedQuestions = ["Name someone who works as a {v}.", "I need a {v}. Who could do it?"],
        DevQuestions = ["Could you tell me the job of {s}?"],
        EvalQuestions = ["Please tell me the job that {s} has.", "What does {s} work as?"],
        Statements =
        [
            "{s} works as a {v}.", "{s} is a {v}.", "The job of {s} is {v}.", "{s} earns money as a {v}.",
            "For a living {s} works as a {v}.", "The job that {s} does is {v}.",
        ],
        Clause = "works as a {v}",
        NegatedClause = "does not work as a {v}",
        ListIntro = "These people work as a {v}:",
        Answers = ["{s} works as a {v}.", "The job of {s} is {v}."],
        BareAnswers = ["A {v}.", "As a {v}."],
    };

    /// <summary>What people like to eat.</summary>
    public static readonly Relation Food = new(
        "food", "tastes", People, ["soup", "bread", "rice", "cheese", "pasta", "honey", "fish", "salad"])
    {
        Questions =
        [
            "What is the favourite food of {s}?", "What does {s} like to eat?", "Which food does {s} like best?",
            "Tell me the favourite food of {s}.", "{s} comes to dinner. What should I cook?", "Please name the food that {s} likes best.",
            "What should I cook for {s}?", "{s} likes to eat what?",
        ],
        InvertedQuestions = ["Name someone who likes to eat {v}.", "I have cooked {v}. Who would like it?"],
        DevQuestions = ["Could you tell me what {s} likes to eat?"],
        EvalQuestions = ["Please tell me what {s} likes to eat.", "Which food should I cook for {s}?"],
        Statements =
        [
            "{s} likes to eat {v}.", "The favourite food of {s} is {v}.", "{s} likes {v} best of all food.", "For dinner {s} likes to eat {v}.",
            "Cook {v} for {s}.", "The food that {s} likes best is {v}.",
        ],
        Clause = "likes to eat {v}",
        NegatedClause = "does not like to eat {v}",
        ListIntro = "These people like to eat {v}:",
        Answers = ["{s} likes to eat {v}.", "The favourite food of {s} is {v}."],
        BareAnswers = ["{v}.", "It is {v}."],
    };

    /// <summary>The colour people like best.</summary>
    public static readonly Relation Colour = new(
        "colour", "tastes", People, ["red", "blue", "green", "yellow", "purple", "white", "black", "grey"])
    {
        Questions =
        [
            "What is the favourite colour of {s}?", "Which colour does {s} like best?", "Tell me the favourite colour of {s}.",
            "Which colour does {s} wear?", "I want to paint a wall for {s}. Which colour should it be?",
            "Please name the colour that {s} likes best.", "What colour is the coat of {s}?", "{s} wears which colour?",
        ],
        InvertedQuestions = ["Name someone who wears {v}.", "I have a {v} coat. Who would like it?"],
        DevQuestions = ["Could you tell me which colour {s} likes best?"],
        EvalQuestions = ["Please tell me which colour {s} wears.", "Which is the favourite colour of {s}?"],
        Statements =
        [
            "{s} wears {v}.", "The favourite colour of {s} is {v}.", "{s} likes the colour {v} best.", "The coat of {s} is {v}.",
            "A {v} coat is what {s} wears.", "The colour that {s} likes best is {v}.",
        ],
        Clause = "wears {v}",
        NegatedClause = "does not wear {v}",
        ListIntro = "These people wear {v}:",
        Answers = ["{s} wears {v}.", "The favourite colour of {s} is {v}."],
        BareAnswers = ["{v}.", "It is {v}."],
    };

    /// <summary>The animal people keep.</summary>
    public static readonly Relation Pet = new(
        "pet", "free_time", People, ["cat", "dog", "parrot", "rabbit", "goat", "pony", "turtle", "ferret"])
    {
        Questions =
        [
            "Which pet does {s} have?", "What kind of animal is the pet of {s}?", "Tell me which pet {s} keeps.", "What animal does {s} keep?",
            "{s} keeps which animal?", "Please name the animal that {s} keeps.", "I hear {s} has a pet. Which animal is it?",
            "Which animal lives with {s}?",
        ],
        InvertedQuestions = ["Name someone who keeps a {v}.", "I found a {v}. Who could have lost it?"],
        DevQuestions = ["Could you tell me which pet {s} has?"],
        EvalQuestions = ["Please tell me which animal {s} keeps.", "What is the pet of {s}?"],
        Statements =
        [
            "{s} keeps a {v}.", "The pet of {s} is a {v}.", "{s} has a {v} as a pet.", "A {v} lives with {s}.",
            "The animal that {s} keeps is a {v}.", "{s} feeds a {v} every morning.",
        ],
        Clause = "keeps a {v}",
        NegatedClause = "does not keep a {v}",
        ListIntro = "These people keep a {v}:",
        Answers = ["{s} keeps a {v}.", "The pet of {s} is a {v}."],
        BareAnswers = ["A {v}.", "It is a {v}."],
    };

    /// <summary>What people play.</summary>
    public static readonly Relation Music = new(
        "music", "free_time", People, ["flute", "drum", "harp", "violin", "piano", "guitar", "trumpet", "banjo"])
    {
        Questions =
        [
            "What does {s} play?", "Which instrument does {s} play?", "Tell me the instrument of {s}.", "What is the instrument of {s}?",
            "Please name the instrument that {s} plays.", "{s} plays which instrument?",
            "I heard {s} make music. Which instrument was it?", "On which instrument does {s} make music?",
        ],
        InvertedQuestions = ["Name someone who plays the {v}.", "I need someone on the {v}. Who could play it?"],
        DevQuestions = ["Could you tell me which instrument {s} plays?"],
        EvalQuestions = ["Please tell me which instrument {s} plays.", "Which is the instrument of {s}?"],
        Statements =
        [
            "{s} plays the {v}.", "The instrument of {s} is the {v}.", "{s} makes music on the {v}.", "On the {v} you can hear {s}.",
            "{s} plays the {v} in the evening.", "The instrument that {s} plays is the {v}.",
        ],
        Clause = "plays the {v}",
        NegatedClause = "does not play the {v}",
        ListIntro = "These people play the {v}:",
        Answers = ["{s} plays the {v}.", "The instrument of {s} is the {v}."],
        BareAnswers = ["The {v}.", "It is the {v}."],
    };

    /// <summary>What things are made of.</summary>
    public static readonly Relation Material = new("material", "things", Things, ["wood", "brass", "glass", "stone", "copper", "clay"])
    {
        Article = "the ",
        Questions =
        [
            "What is {s} made of?", "Which material is {s} made of?", "Tell me the material of {s}.", "What is the material of {s}?",
            "Please name the material of {s}.", "I want to mend {s}. Which material do I need?", "From which material did they make {s}?",
            "To copy {s}, which material should I take?",
        ],
        InvertedQuestions = ["Name a thing that is made of {v}.", "Which thing did they make from {v}?"],
        DevQuestions = ["Could you tell me what {s} is made of?"],
        EvalQuestions = ["Please tell me what {s} is made of.", "Which is the material of {s}?"],
        Statements =
        [
            "You see that {s} is made of {v}.", "The material of {s} is {v}.", "They made {s} from {v}.", "To mend {s} you need {v}.",
            "To copy {s} you should take {v}.", "Of {v} is {s} made.",
        ],
        Clause = "is made of {v}",
        NegatedClause = "is not made of {v}",
        ListIntro = "These things are made of {v}:",
        Answers = ["It is made of {v}.", "The material of {s} is {v}."],
        BareAnswers = ["{v}.", "Of {v}."],
    };

    /// <summary>Where things stand.</summary>
    public static readonly Relation Room = new("room", "things", Things, ["kitchen", "cellar", "attic", "hall", "garden", "library"])
    {
        Article = "the ",
        Questions =
        [
            "Where is {s}?", "In which place can I find {s}?", "Tell me where to find {s}.", "Where do they keep {s}?",
            "I am looking for {s}. Where is it?", "Please name the place where {s} stands.", "Where should I look for {s}?",
            "Where did they put {s}?",
        ],
        InvertedQuestions = ["Name a thing that stands in the {v}.", "What would I find in the {v}?"],
        DevQuestions = ["Could you tell me where to find {s}?"],
        EvalQuestions = ["Please tell me where {s} is.", "In which place do they keep {s}?"],
        Statements =
        [
            "You can see that {s} stands in the {v}.", "In the {v} you can find {s}.", "They keep {s} in the {v}.", "They put {s} in the {v}.",
            "To find {s} you should look in the {v}.", "The place where {s} stands is the {v}.",
        ],
        Clause = "stands in the {v}",
        NegatedClause = "does not stand in the {v}",
        ListIntro = "These things stand in the {v}:",
        Answers = ["You can find it in the {v}.", "They keep {s} in the {v}."],
        BareAnswers = ["The {v}.", "In the {v}."],
    };

    /// <summary>What things look like.</summary>
    public static readonly Relation Shape = new("shape", "things", Things, ["round", "square", "oval", "narrow", "crooked", "flat"])
    {
        Article = "the ",
        Questions =
        [
            "What shape is {s}?", "Which shape does {s} have?", "Tell me the shape of {s}.", "What does {s} look like?",
            "Please name the shape of {s}.", "I want to draw {s}. Which shape should I draw?", "How is {s} shaped?", "How should I draw {s}?",
        ],
        InvertedQuestions = ["Name a thing that looks {v}.", "I drew a {v} thing. Which thing could it be?"],
        DevQuestions = ["Could you tell me the shape of {s}?"],
        EvalQuestions = ["Please tell me what shape {s} has.", "Which is the shape of {s}?"],
        Statements =
        [
            "Everyone can see that {s} looks {v}.", "The shape of {s} is {v}.", "They gave {s} a {v} shape.", "To draw {s} you draw something {v}.",
            "If you look at {s} you see something {v}.", "Of all shapes {s} has a {v} one.",
        ],
        Clause = "looks {v}",
        NegatedClause = "does not look {v}",
        ListIntro = "These things look {v}:",
        Answers = ["It looks {v}.", "The shape of {s} is {v}."],
        BareAnswers = ["{v}.", "It is {v}."],
    };

    /// <summary>The river that a town stands on.</summary>
    public static readonly Relation River = new("river", "towns", Towns, ["Arn", "Belle", "Cray", "Dove", "Esk", "Fenn", "Gale", "Hobb"])
    {
        Questions =
        [
            "Which river flows through {s}?", "What is the name of the river in {s}?", "Tell me the river of {s}.",
            "On which river is {s}?", "Please name the river of {s}.", "I want to sail to {s}. Which river should I take?",
            "{s} stands on which river?", "Which river can I see in {s}?",
        ],
        InvertedQuestions = ["Name a town that stands on the {v}.", "Which town could I reach on the {v}?"],
        DevQuestions = ["Could you tell me which river flows through {s}?"],
        EvalQuestions = ["Please tell me which river flows through {s}.", "Which is the river of {s}?"],
        Statements =
        [
            "{s} stands on the {v}.", "The river of {s} is the {v}.", "The {v} flows through {s}.", "To sail to {s} you take the {v}.",
            "In {s} you can see the {v}.", "The river that flows through {s} is the {v}.",
        ],
        Clause = "stands on the {v}",
        NegatedClause = "does not stand on the {v}",
        ListIntro = "This town stands on the {v}:",
        Answers = ["{s} stands on the {v}.", "The river of {s} is the {v}."],
        BareAnswers = ["The {v}.", "On the {v}."],
    };

    /// <summary>What a town sells.</summary>
    public static readonly Relation Ware = new("ware", "towns", Towns, ["lace", "salt", "candles", "boats", "apples", "wool", "cider", "paper"])
    {
        Questions =
        [
            "What is {s} known for?", "What does {s} sell?", "Which ware does {s} sell?", "Tell me the ware of {s}.",
            "Please name the ware that {s} is known for.", "I am going to {s}. What should I buy?", "What can I buy in {s}?",
            "{s} sells which ware?",
        ],
        InvertedQuestions = ["Name a town that sells {v}.", "I want to buy {v}. Which town should I go to?"],
        DevQuestions = ["Could you tell me what {s} sells?"],
        EvalQuestions = ["Please tell me what {s} sells.", "Which is the ware of {s}?"],
        Statements =
        [
            "{s} sells {v}.", "{s} is known for {v}.", "The ware of {s} is {v}.", "In {s} you can buy {v}.", "To buy {v} you go to {s}.",
            "The ware that {s} is known for is {v}.",
        ],
        Clause = "sells {v}",
        NegatedClause = "does not sell {v}",
        ListIntro = "This town sells {v}:",
        Answers = ["{s} sells {v}.", "The ware of {s} is {v}."],
        BareAnswers = ["{v}.", "It is {v}."],
    };

    /// <summary>All relations.</summary>
    public static readonly IReadOnlyList<Relation> All =
        [Home, Job, Food, Colour, Pet, Music, Material, Room, Shape, River, Ware];
}
