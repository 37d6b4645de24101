// Avatar: The Last Airbender (Nickelodeon): three books of 20, 20 and 21 chapters.
import type { ShowFacts } from './show-facts.js'

export const avatar: ShowFacts = {
  key: 'avatar-the-last-airbender',
  title: 'Avatar: The Last Airbender',
  synopsis:
    'A boy who slept in the ice for a hundred years is the only one who can end a war between the four nations.',
  genres: ['Animation', 'Adventure', 'Fantasy', 'Family'],
  maturityRating: 'TV-Y7',
  cast: {
    'Zach Tyler Eisen': 'Aang',
    'Mae Whitman': 'Katara',
    'Jack DeSena': 'Sokka',
    'Dante Basco': 'Zuko',
    'Jessie Flower': 'Toph Beifong',
  },
  crew: [{ name: 'Michael Dante DiMartino', role: 'Creator' }, { name: 'Bryan Konietzko', role: 'Creator' }],
  originalLanguage: 'en',
  imdb: 'tt0417299',
  popularity: 200_000,
  minutes: 23,
  seasons: [
    {
      number: 1,
      title: 'Book One: Water',
      episodes: [
        {
          title: 'The Boy in the Iceberg',
          airDate: '2005-02-21',
          synopsis: 'Fishing at the South Pole, Katara and Sokka free a boy and his flying bison from the ice.',
        },
        {
          title: 'The Avatar Returns',
          airDate: '2005-02-21',
          synopsis: 'Aang gives himself up to a banished prince to spare the village, and two friends come after him.',
        },
        {
          title: 'The Southern Air Temple',
          airDate: '2005-02-25',
          synopsis: 'Aang goes home and has to see what a hundred years of war have left of it.',
        },
        {
          title: 'The Warriors of Kyoshi',
          airDate: '2005-03-04',
          synopsis: 'On an island that reveres an earlier Avatar, fame suits Aang, and Sokka is taught a lesson.',
        },
        {
          title: 'The King of Omashu',
          airDate: '2005-03-18',
          synopsis: 'A mad old king sets Aang three tests, and his friends are turning to crystal.',
        },
        {
          title: 'Imprisoned',
          airDate: '2005-03-25',
          synopsis: 'Katara gets herself arrested to free earthbenders from a prison made of metal.',
        },
        {
          title: 'Winter Solstice, Part 1: The Spirit World',
          airDate: '2005-04-08',
          synopsis: 'A village is haunted by an angry spirit, and Aang is to speak with it.',
        },
        {
          title: 'Winter Solstice, Part 2: Avatar Roku',
          airDate: '2005-04-15',
          synopsis: 'To hear his predecessor, Aang has to reach a temple in the Fire Nation before sunset.',
        },
        {
          title: 'The Waterbending Scroll',
          airDate: '2005-04-29',
          synopsis: 'Katara steals a scroll from pirates, who find an ally in Zuko.',
        },
        {
          title: 'Jet',
          airDate: '2005-05-06',
          synopsis: 'A band of children fights the Fire Nation from the trees, and its leader goes too far.',
        },
        {
          title: 'The Great Divide',
          airDate: '2005-05-20',
          synopsis: 'Two tribes that cannot stand each other must cross a canyon together.',
        },
        {
          title: 'The Storm',
          airDate: '2005-06-03',
          synopsis: 'In a storm, Aang tells why he ran away, and a sailor hears how Zuko got his scar.',
        },
        {
          title: 'The Blue Spirit',
          airDate: '2005-06-17',
          synopsis: 'Aang is captured while his friends are ill, and somebody in a mask breaks him out.',
        },
        {
          title: 'The Fortuneteller',
          airDate: '2005-09-23',
          synopsis: 'A village trusts its fortune-teller even when the volcano smokes.',
        },
        {
          title: 'Bato of the Water Tribe',
          airDate: '2005-10-07',
          synopsis: 'A friend of their father could bring Katara and Sokka to him, and Aang keeps a letter to himself.',
        },
        {
          title: 'The Deserter',
          airDate: '2005-10-21',
          synopsis: 'A master who left the Fire Nation teaches Aang, who is not ready for fire.',
        },
        {
          title: 'The Northern Air Temple',
          airDate: '2005-11-04',
          synopsis: 'Strangers with gliders have moved into a temple, and an inventor has a bad bargain to hide.',
        },
        {
          title: 'The Waterbending Master',
          airDate: '2005-11-18',
          synopsis: 'At the North Pole a master refuses to teach a girl.',
        },
        {
          title: 'The Siege of the North, Part 1',
          airDate: '2005-12-02',
          synopsis: 'A fleet stands before the city of ice, and Aang looks for help in the Spirit World.',
        },
        {
          title: 'The Siege of the North, Part 2',
          airDate: '2005-12-02',
          synopsis: 'With the moon in danger, the city seems lost, and Yue makes a choice.',
        },
      ],
    },
    {
      number: 2,
      title: 'Book Two: Earth',
      episodes: [
        {
          title: 'The Avatar State',
          airDate: '2006-03-17',
          synopsis: 'A general wants to force out of Aang the power that could end the war at once.',
        },
        {
          title: 'The Cave of Two Lovers',
          airDate: '2006-03-24',
          synopsis: 'Singing nomads show the way through a labyrinth said to let pass only those who trust in love.',
        },
        {
          title: 'Return to Omashu',
          airDate: '2006-04-07',
          synopsis: 'The city has fallen, and Azula gathers two friends for the hunt.',
        },
        {
          title: 'The Swamp',
          airDate: '2006-04-14',
          synopsis: 'A swamp draws the friends down and shows each of them somebody they have lost, or will meet.',
        },
        {
          title: 'Avatar Day',
          airDate: '2006-04-28',
          synopsis: 'A village puts Aang on trial for a murder in an earlier life.',
        },
        {
          title: 'The Blind Bandit',
          airDate: '2006-05-05',
          synopsis: 'The best earthbender of the ring is a blind girl whose parents think her helpless.',
        },
        {
          title: 'Zuko Alone',
          airDate: '2006-05-12',
          synopsis: 'Zuko rides through a poor country without his name and remembers his mother.',
        },
        {
          title: 'The Chase',
          airDate: '2006-05-26',
          synopsis: 'Azula follows day and night, and the friends, who may not sleep, fall out with Toph.',
        },
        {
          title: 'Bitter Work',
          airDate: '2006-06-02',
          synopsis: 'Aang cannot move a rock, and Zuko learns from his uncle what to do with lightning.',
        },
        {
          title: 'The Library',
          airDate: '2006-07-14',
          synopsis:
            'In a library buried in the desert there is knowledge that can win the war, and a keeper who forbids it.',
        },
        {
          title: 'The Desert',
          airDate: '2006-07-14',
          synopsis: 'Without Appa the friends cross the sand on foot, and Aang cannot forgive.',
        },
        {
          title: "The Serpent's Pass",
          airDate: '2006-09-15',
          synopsis: 'With a family of refugees the friends take the dangerous way to Ba Sing Se.',
        },
        {
          title: 'The Drill',
          airDate: '2006-09-15',
          synopsis: 'A machine as big as a village is boring through the wall that has never been breached.',
        },
        {
          title: 'City of Walls and Secrets',
          airDate: '2006-09-22',
          synopsis: 'In Ba Sing Se everybody is friendly, and nobody may say that there is a war.',
        },
        {
          title: 'The Tales of Ba Sing Se',
          airDate: '2006-09-29',
          synopsis: 'Six small stories of one day in the city, one of them at a grave.',
        },
        {
          title: "Appa's Lost Days",
          airDate: '2006-10-13',
          synopsis: 'What happened to the bison since the desert, as he saw it.',
        },
        {
          title: 'Lake Laogai',
          airDate: '2006-11-03',
          synopsis: 'A search for Appa leads below the lake, where people are made to forget.',
        },
        {
          title: 'The Earth King',
          airDate: '2006-11-17',
          synopsis: 'The king has never heard of the war, and the friends have to fight their way in to tell him.',
        },
        {
          title: 'The Guru',
          airDate: '2006-12-01',
          synopsis: 'To master his power Aang would have to let go of somebody; Toph finds out what metal is.',
        },
        {
          title: 'The Crossroads of Destiny',
          airDate: '2006-12-01',
          synopsis: 'Under the city, Zuko has to choose a side.',
        },
      ],
    },
    {
      number: 3,
      title: 'Book Three: Fire',
      episodes: [
        {
          title: 'The Awakening',
          airDate: '2007-09-21',
          synopsis: 'Aang wakes on an enemy ship with hair on his head, and the world believes him dead.',
        },
        {
          title: 'The Headband',
          airDate: '2007-09-28',
          synopsis: 'In disguise Aang goes to a Fire Nation school and finds that nobody there can dance.',
        },
        {
          title: 'The Painted Lady',
          airDate: '2007-10-05',
          synopsis: 'A river spirit helps a starving village by night, and Katara is tired by day.',
        },
        {
          title: "Sokka's Master",
          airDate: '2007-10-12',
          synopsis: 'Sokka asks a sword master to teach him, and makes his own blade.',
        },
        {
          title: 'The Beach',
          airDate: '2007-10-19',
          synopsis: 'Sent on holiday, Zuko, Azula, Mai and Ty Lee find out what they are angry about.',
        },
        {
          title: 'The Avatar and the Fire Lord',
          airDate: '2007-10-26',
          synopsis: 'Two friends of long ago, one an Avatar and one a ruler, explain how the war began.',
        },
        {
          title: 'The Runaway',
          airDate: '2007-11-02',
          synopsis: "Toph's swindles earn money and a wanted poster, and Katara disapproves.",
        },
        {
          title: 'The Puppetmaster',
          airDate: '2007-11-09',
          synopsis: 'A kind innkeeper teaches Katara a kind of waterbending that she did not want to know.',
        },
        {
          title: 'Nightmares and Daydreams',
          airDate: '2007-11-16',
          synopsis: 'Days before the invasion, Aang cannot sleep.',
        },
        {
          title: 'The Day of Black Sun, Part 1: The Invasion',
          airDate: '2007-11-30',
          synopsis: 'Allies from everywhere land in the Fire Nation, to strike while the sun is dark.',
        },
        {
          title: 'The Day of Black Sun, Part 2: The Eclipse',
          airDate: '2007-11-30',
          synopsis: 'The palace was warned, and Zuko tells his father the truth.',
        },
        {
          title: 'The Western Air Temple',
          airDate: '2008-07-14',
          synopsis: 'Zuko asks those whom he hunted to take him in.',
        },
        {
          title: 'The Firebending Masters',
          airDate: '2008-07-15',
          synopsis: 'With his anger Zuko has lost his fire, and goes with Aang to learn from those who had it first.',
        },
        {
          title: 'The Boiling Rock, Part 1',
          airDate: '2008-07-16',
          synopsis: "Sokka and Zuko let themselves into a prison in a boiling lake to find Sokka's father.",
        },
        {
          title: 'The Boiling Rock, Part 2',
          airDate: '2008-07-16',
          synopsis: 'Getting out again takes a riot, a gondola and somebody who loves Zuko more than she fears Azula.',
        },
        {
          title: 'The Southern Raiders',
          airDate: '2008-07-17',
          synopsis: 'Katara goes after the man who killed her mother.',
        },
        {
          title: 'The Ember Island Players',
          airDate: '2008-07-18',
          synopsis: 'The friends see their own adventures on the stage, badly played.',
        },
        {
          title: "Sozin's Comet, Part 1: The Phoenix King",
          airDate: '2008-07-19',
          synopsis: 'Three days before the comet Aang does not want to kill, and vanishes.',
        },
        {
          title: "Sozin's Comet, Part 2: The Old Masters",
          airDate: '2008-07-19',
          synopsis: 'The others look for Iroh and find an old society; Aang asks his earlier lives for advice.',
        },
        {
          title: "Sozin's Comet, Part 3: Into the Inferno",
          airDate: '2008-07-19',
          synopsis: 'The comet is here: airships, a duel for a crown and a fight among pillars of stone.',
        },
        {
          title: "Sozin's Comet, Part 4: Avatar Aang",
          airDate: '2008-07-19',
          synopsis: 'Aang ends the war in his own way.',
        },
      ],
    },
  ],
}
