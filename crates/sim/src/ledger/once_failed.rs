//! Histories that once broke a promise, by their seeds.

use super::Order;

/// Seeds whose runs once broke a promise. They run in every test.
pub const ONCE_FAILED: &[(Order, &[u64])] = &[
    // Twins that a wrong day moved together; a balance that another of a series inherited.
    (Order::Kept, &[1, 13, 173, 193, 717, 2313]),
    // A repeated reading that decided more than the first.
    (Order::Kept, &[39, 209, 211, 267, 1038, 1053, 1165, 1265, 4235, 4915, 8310, 13096, 14196]),
    // Two equal purchases, one of them told under a wrong day.
    (Order::Kept, &[10552]),
    // A pending record that an equal purchase, a conversion or another day led astray.
    (Order::Kept, &[243, 680, 849, 1333, 1587, 2484, 4371, 8723, 12884, 13530]),
    // A twin that a page left out while another purchase was booked.
    (Order::Kept, &[20_008_539]),
    // A deletion that narrowed a doubt, whose instant nothing kept.
    (Order::Lost, &[46456]),
    // A doubt that something worse decided; a record in doubt whose balance moved.
    (Order::Kept, &[2745, 3805, 10_005_784]),
    // A balance that came back days later, or under other words.
    (Order::Kept, &[10_007_950, 10_021_444]),
    // A repetition on the next page: of what was corrected, and of what was in doubt.
    (Order::Kept, &[10_029_346]),
    (Order::Lost, &[10_025_540, 10_034_720]),
    // Other words, where grown descriptions or another day explained more.
    (Order::Lost, &[10_033_728, 20_011_511]),
    // Two movements of the same second, one of which posted and was corrected unseen.
    (Order::Kept, &[57591]),
    (Order::Lost, &[57591]),
    // A hold that was booked on its own day while the days of others moved.
    (Order::Kept, &[300_164, 10_007_448]),
    // Holds that were booked on their own day while those of the next day looked the same.
    (Order::Kept, &[50_006_114, 50_314_583]),
    // Equal items, and words akin to several, of which only one was in doubt.
    (Order::Lost, &[50_044_090, 50_113_492, 50_128_916]),
    (Order::Kept, &[50_212_866, 50_242_489]),
    // A balance that decided a doubt, or tied a day that nobody had asked for.
    (Order::Lost, &[50_068_552, 50_108_519, 50_300_614]),
    // Other words that a second look was taken to confirm.
    (Order::Kept, &[50_132_340, 50_296_481, 50_313_619]),
    (Order::Lost, &[50_160_149]),
    // A hold in doubt about what was booked, taken for the next day's.
    (Order::Kept, &[40_001_482]),
    (Order::Lost, &[40_001_482]),
    // A hold that came before a booked record whose balance had moved; a repetition before its twin.
    (Order::Kept, &[60_002_737, 60_009_622, 60_011_006]),
    // Twins that only balances told apart, which were not believed.
    (Order::Kept, &[70_009_994]),
    // Equal runs at the turn of a page; a movement that was left out twice; twins that swapped in a row.
    (Order::Kept, &[50_123_193, 50_199_839, 50_232_540]),
    (Order::Lost, &[50_123_193, 50_232_540]),
    // Instalments of one second; a reference that a booked record has or has not; a hold and what was
    // booked, of which one grew; a hold that was left behind where twins had swapped.
    (Order::Kept, &[3252, 70_014_104, 70_016_123, 70_027_730]),
    (Order::Lost, &[70_021_390, 70_023_799]),
    (Order::Kept, &[2635, 4567, 70_015_442, 70_020_435, 70_020_897]),
    // Days that were told in another time zone: for the whole list or some of it, at the edges of a
    // window, in a few readings of which not all counted; and a record that went back to its own.
    (Order::Kept, &[21, 282, 387, 391, 437, 567, 598, 677, 712, 830, 849, 925]),
    (Order::Kept, &[80_000_706, 80_000_752, 80_000_762, 80_000_972, 80_001_734, 80_003_993]),
    (Order::Lost, &[78, 130, 391, 490, 566, 589, 625, 859, 961]),
    (Order::Lost, &[80_000_576, 80_000_705, 80_001_270, 80_003_001]),
    // What nobody asked for, taken along by others; days that were never read, taken for days that were.
    (Order::Kept, &[70_011_023, 901_005_551, 901_005_787, 901_018_912]),
    (Order::Lost, &[80_010_807, 901_005_475, 901_008_326]),
    // A hold that was booked on another day where a booked record had moved, and one that was undone.
    (Order::Kept, &[80_003_544, 80_010_394]),
    (Order::Lost, &[80_003_767, 80_010_394]),
    // A series that its reading took along though it was shown as it was; a hold that moved instead of
    // what was booked; a repeated reading that found another record first.
    (Order::Kept, &[901_005_353, 901_010_908]),
    (Order::Lost, &[901_001_208, 901_010_908, 901_019_250]),
    // Records in doubt that took part in nothing, that were left for others, or that became what they were
    // no repetition of; and holds that were booked on their own day in a series that moved.
    (
        Order::Kept,
        &[
            904_007_570,
            911_005_476,
            911_007_754,
            910_000_051,
            910_000_390,
            911_001_988,
            911_002_464,
            911_001_565,
        ],
    ),
    (Order::Lost, &[910_000_055, 910_000_185, 911_004_253, 911_005_894]),
    // Series of daily movements under another calendar: rows that explained too much, readings taken for
    // wholly moved, holds under other words, records in doubt that had moved with the others.
    (
        Order::Kept,
        &[
            901_004_406,
            901_007_312,
            901_017_122,
            912_002_025,
            912_004_026,
            930_000_837,
            930_011_483,
            930_014_449,
            931_001_506,
            931_002_126,
            931_008_308,
            931_008_415,
            931_008_416,
            931_015_243,
            931_015_601,
            931_017_320,
            931_019_301,
            931_019_687,
            931_025_431,
            931_025_719,
            932_008_950,
            932_012_808,
            932_018_169,
            932_023_335,
            933_007_626,
            933_010_860,
            933_028_048,
            934_008_538,
            935_028_703,
            936_002_466,
            936_018_202,
            936_041_199,
        ],
    ),
    (
        Order::Lost,
        &[
            901_007_312,
            901_017_744,
            911_000_128,
            911_003_140,
            911_007_741,
            912_002_025,
            930_000_837,
            930_002_641,
            930_005_385,
            930_006_452,
            930_014_225,
            930_014_449,
            931_000_232,
            931_001_506,
            931_004_011,
            931_008_415,
            931_008_416,
            931_015_243,
            931_015_601,
            931_019_301,
            931_019_687,
            931_023_642,
            931_025_176,
            931_027_956,
            932_008_950,
            932_009_345,
            932_012_808,
            932_012_910,
            932_016_727,
            932_018_169,
            932_020_897,
            932_023_335,
            933_008_002,
            933_022_637,
            935_037_001,
            936_002_466,
            936_033_072,
        ],
    ),
    // Series of daily movements that rules for rows decided one by one, before whole answers were weighed.
    (
        Order::Kept,
        &[
            912_000_163,
            933_001_070,
            933_014_404,
            934_018_252,
            935_013_166,
            935_045_581,
            936_033_266,
            936_040_869,
            936_043_719,
            940_003_843,
            940_030_589,
            940_040_707,
            940_044_150,
            940_060_283,
            940_109_171,
            940_121_410,
            940_124_719,
            940_129_988,
            940_133_890,
            940_147_547,
            940_150_979,
            940_161_684,
            940_162_105,
            940_177_857,
            940_187_025,
            940_188_426,
            940_197_313,
            940_201_083,
            940_218_178,
            940_222_479,
            941_029_765,
            941_040_742,
            941_044_291,
            941_046_461,
            941_054_580,
            941_057_388,
            941_069_277,
            941_343_517,
            941_702_960,
            941_704_467,
            941_709_997,
            941_727_272,
            941_727_926,
            941_731_859,
            941_735_220,
            941_737_648,
            941_737_721,
            941_739_740,
        ],
    ),
    (
        Order::Lost,
        &[
            933_007_896,
            935_001_088,
            935_016_907,
            935_037_934,
            935_041_052,
            935_045_581,
            936_010_126,
            936_030_179,
            940_003_342,
            940_040_707,
            940_044_150,
            940_062_415,
            940_109_171,
            940_110_312,
            940_116_911,
            940_122_185,
            940_133_890,
            940_151_773,
            940_156_535,
            940_158_080,
            940_160_033,
            940_161_841,
            940_177_857,
            940_180_130,
            940_183_084,
            940_186_367,
            940_200_897,
            940_212_743,
            940_218_178,
            940_224_401,
            941_040_742,
            941_046_109,
            941_054_358,
            941_054_580,
            941_057_388,
            941_343_517,
            941_702_960,
            941_704_467,
            941_708_840,
            941_709_997,
            941_725_005,
            941_727_272,
            941_727_939,
            941_731_859,
            941_732_679,
            941_737_648,
            941_737_721,
            941_739_740,
            941_740_627,
            941_741_081,
            941_742_631,
        ],
    ),
    // Doubts that had no price, or the price of what they were least likely to be; days told otherwise in
    // several ways; instants that were taken for lies because the days were; ids that were outweighed.
    (
        Order::Kept,
        &[
            936_038_992,
            941_915_664,
            943_008_272,
            944_007_041,
            944_007_479,
            944_012_388,
            944_017_190,
            944_037_247,
            944_077_054,
            944_030_049,
            944_035_758,
            944_068_723,
            945_019_279,
            945_049_961,
            945_030_380,
            945_060_720,
            946_084_410,
            948_008_247,
            949_024_265,
        ],
    ),
    (
        Order::Lost,
        &[
            941_915_664,
            942_005_562,
            943_002_983,
            943_008_272,
            944_007_041,
            944_049_989,
            944_090_868,
            944_035_758,
            944_068_723,
            944_032_196,
            944_095_007,
            945_093_693,
            946_084_410,
            946_090_713,
            948_008_247,
            948_018_186,
        ],
    ),
    // What an id sent away from its likeness in doubt, and a hold that it was.
    (Order::Kept, &[954_075_147]),
    (Order::Lost, &[954_135_316]),
    // An item that left its home after another had moved in there.
    (Order::Kept, &[962_047_599]),
    (Order::Lost, &[962_047_599]),
    // A hold that was booked on its own day while others of its reading moved.
    (Order::Kept, &[962_013_761]),
    // What was stored in doubt about another day, which was shown again under a third.
    (Order::Kept, &[954_090_855]),
    // A balance that another of one day inherited, beside an instant.
    (Order::Kept, &[980_071_109]),
    // Two that moved with the calendar, too few to say so.
    (Order::Kept, &[980_056_347, 980_196_601, 981_029_079, 981_030_573]),
    (Order::Lost, &[980_056_347, 980_196_601]),
    // What might have been a repetition, and was the record that a calendar took for another day's.
    (Order::Kept, &[980_145_264]),
    (Order::Lost, &[980_145_264]),
    // A booked record that, straightened with a hold of another amount, took that hold's item.
    (Order::Lost, &[982_013_780]),
    // Thirty that moved with the calendar, and one of them perhaps a hold.
    (Order::Kept, &[984_044_688]),
    // Balances that moved by one amount, in a reading that was cut off and told its days otherwise.
    (Order::Lost, &[980_169_831]),
    // A twin of which another was in doubt about the one that looks the same.
    (Order::Kept, &[984_346_173]),
    // One that moved against the way of the others.
    (Order::Kept, &[984_362_769]),
    // What stayed on its own day while its reading moved, in a chain that moved along.
    (Order::Kept, &[986_093_167]),
    // Two missing that two in doubt about them were shown as.
    (Order::Kept, &[986_063_318]),
    // One in doubt about another of the day before, and doubts of which some are likely by themselves.
    (Order::Kept, &[990_039_963, 990_053_036]),
    // Holds that were booked where their day shows them, beside one in doubt about the day before.
    (Order::Lost, &[995_083_733, 995_085_483]),
    // A movement made at midnight, which says no instant.
    (Order::Kept, &[995_024_505]),
    // Two holds, and the purchases of the day before that two windows show.
    (Order::Lost, &[990_083_463, 995_137_860]),
    (Order::Kept, &[990_083_463]),
    // A reading applied again, and twins of which it had judged one.
    (Order::Kept, &[997_049_402]),
    // A doubt that was weighed as the less likely of what it named.
    (Order::Lost, &[1_010_087_868]),
    // A hold that was taken for another hold of another amount.
    (Order::Kept, &[1_010_032_991]),
    // One in doubt about a hold that nothing shows, where another calendar explains it.
    (Order::Kept, &[1_010_111_717]),
    // What one reading wrote was taken to have moved with what others had.
    (Order::Lost, &[1_040_116_834]),
    // A balance that came back under another amount.
    (Order::Kept, &[1_050_149_485]),
    (Order::Lost, &[1_050_149_485]),
    // What is in doubt is what it may be, the likeliest first, for the judge as well.
    (Order::Kept, &[1_040_079_043, 1_050_179_387]),
    // A disputed item, and the record that another left, which it may be.
    (Order::Kept, &[1_050_085_170]),
    // A doubt about two holds, and the amount that a reference corrected, while a cheaper answer disputed it.
    (Order::Lost, &[1_032_002_323, 1_040_013_767, 1_050_008_845, 1_050_058_291]),
    (Order::Kept, &[1_050_008_845, 1_050_017_314, 1_050_058_291]),
    // Three in doubt about the same records, as the least of what that leaves open.
    (Order::Lost, &[1_070_072_799]),
    // A repetition that was the twin which another reading had missed.
    (Order::Kept, &[1_120_039_611]),
    (Order::Lost, &[1_100_115_199]),
    // A doubt about what was deleted as a repetition at once.
    (Order::Kept, &[1_137_025_463]),
    // A hold that was booked as what a reference tied to another.
    (Order::Kept, &[1_137_040_065]),
    (Order::Lost, &[1_137_040_065]),
    // What was left in doubt about a hold whose item another record became.
    (Order::Lost, &[1_135_126_318]),
    // A reference of one that straightening parted from its item.
    (Order::Kept, &[1_131_073_446]),
    (Order::Lost, &[1_131_073_446]),
    // Equal movements of each day whose balances stayed, where as much speaks for another calendar.
    (Order::Lost, &[1_131_055_828]),
    // One in doubt that grew, beside what it was in doubt about.
    (Order::Kept, &[1_130_052_254]),
    // A reference that ties another amount, while what its record was in doubt about is shown.
    (Order::Kept, &[1_127_100_776]),
    // A repetition in doubt that was taken for another amount under its balance.
    (Order::Lost, &[1_125_096_353]),
    // A hold that was first taken for its neighbour.
    (Order::Kept, &[1_123_080_831]),
    // A doubt that ended in a record whose balance was another.
    (Order::Kept, &[1_121_111_474]),
    (Order::Lost, &[1_121_111_474]),
    // What was stored in doubt, under a calendar that was disputed.
    (Order::Lost, &[1_100_132_979]),
    // A record in doubt whose item became the other, and which moved on to a third.
    (Order::Lost, &[1_090_030_438]),
    // A reading that is heard again, and twins of which it had missed one.
    (Order::Kept, &[1_080_041_374, 1_080_045_507]),
    (Order::Lost, &[1_080_041_374, 1_080_045_507]),
    // A hold that no tolerance lets become the amount that was left over.
    (Order::Lost, &[1_070_452_198]),
    // A record of the oldest day that is shown, gone for nothing while an exact item stood beside it.
    (Order::Lost, &[1_135_136_049, 1_139_042_349]),
    // A record that swapped after its look had been missed; one whose movement another record had shown.
    (Order::Lost, &[1_139_089_843, 1_139_119_111]),
    // An item that a page seems to repeat, and a doubt that was decided elsewhere, as the judge weighs them.
    (Order::Kept, &[1_141_483_994, 1_141_892_302]),
    (Order::Lost, &[1_141_483_994, 1_141_892_302]),
    // Twin holds, one of them booked, while a page repeats the other.
    (Order::Kept, &[1_143_334_527, 1_143_465_974, 1_143_546_307]),
    (Order::Kept, &[1_144_011_625, 1_144_026_372, 1_144_071_000]),
    (Order::Lost, &[1_143_334_527, 1_143_465_974, 1_143_546_307]),
    (Order::Lost, &[1_144_011_625, 1_144_024_602, 1_144_026_372, 1_144_071_000]),
    // A twin that was booked under another balance, while a page repeats the other.
    (Order::Lost, &[1_144_208_462]),
    // A doubt that stays, and so leaves open what would explain another.
    (Order::Kept, &[1_144_597_368]),
    // A doubt that names one of two records which stand for a movement.
    (Order::Kept, &[1_141_707_646]),
    // A record in doubt that a disputed calendar took home.
    (Order::Kept, &[1_142_018_239]),
    // A repetition among what was in doubt because it stood in a dispute; an answer that another, which
    // nobody would have believed, hid; a hold that another is in doubt about, under a calendar that moved.
    (Order::Kept, &[1_160_076_330, 1_160_106_637, 1_160_166_735]),
    // Equal runs that one of two windows took for an overlap of pages.
    (Order::Lost, &[952_025_273]),
    // Spares, shortened histories and readings that never count as complete.
    (Order::Kept, &[43, 81, 4966, 8443, 15406]),
];
