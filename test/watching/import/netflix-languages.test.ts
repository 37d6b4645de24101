// Seasons and episodes in the languages of Netflix: generated rows, of which at least 99% must be read.
import t from 'tap'
import { parseNetflixTitle } from '../../../src/watching/import/netflix-titles.js'
import { isLimitedSeries, parseMarker } from '../../../src/watching/import/title-marker.js'

interface Locale {
  /** `#` is the number. */
  readonly seasons: readonly string[]
  readonly parts?: readonly string[]
  readonly episodes: readonly string[]
  readonly limited: readonly string[]
}

const LOCALES: Readonly<Record<string, Locale>> = {
  en: {
    seasons: ['Season #', 'Series #'],
    parts: ['Part #', 'Volume #', 'Vol. #', 'Book #', 'Collection #'],
    episodes: ['Episode #', 'Chapter #', 'Ep. #', 'EP#'],
    limited: ['Limited Series', 'Mini-Series', 'Miniseries'],
  },
  de: {
    seasons: ['Staffel #', '#. Staffel'],
    parts: ['Teil #', 'Buch #', 'Volume #'],
    episodes: ['Folge #', 'Kapitel #', 'Episode #'],
    limited: ['Miniserie', 'Limited Series'],
  },
  fr: {
    seasons: ['Saison #'],
    parts: ['Partie #', 'Livre #', 'Volume #'],
    episodes: ['Épisode #', 'Chapitre #'],
    limited: ['Mini-série', 'Série limitée'],
  },
  es: {
    seasons: ['Temporada #', '#.ª temporada', '#ª temporada'],
    parts: ['Parte #', 'Volumen #', 'Libro #'],
    episodes: ['Episodio #', 'Capítulo #', 'Cap. #'],
    limited: ['Miniserie', 'Serie limitada'],
  },
  pt: {
    seasons: ['Temporada #', '#ª temporada', '#.ª Temporada'],
    parts: ['Parte #', 'Livro #', 'Volume #'],
    episodes: ['Episódio #', 'Capítulo #'],
    limited: ['Minissérie', 'Minisérie', 'Série limitada'],
  },
  it: {
    seasons: ['Stagione #', '#ª stagione'],
    parts: ['Parte #', 'Libro #'],
    episodes: ['Episodio #', 'Capitolo #'],
    limited: ['Miniserie', 'Serie limitata'],
  },
  nl: {
    seasons: ['Seizoen #'],
    parts: ['Deel #'],
    episodes: ['Aflevering #', 'Hoofdstuk #'],
    limited: ['Miniserie', 'Beperkte serie'],
  },
  sv: {
    seasons: ['Säsong #'],
    parts: ['Del #', 'Volym #'],
    episodes: ['Avsnitt #', 'Kapitel #'],
    limited: ['Miniserie', 'Begränsad serie'],
  },
  da: {
    seasons: ['Sæson #', '#. sæson'],
    parts: ['Del #', 'Bind #'],
    episodes: ['Afsnit #', 'Kapitel #'],
    limited: ['Miniserie', 'Begrænset serie'],
  },
  no: {
    seasons: ['Sesong #'],
    parts: ['Del #', 'Bok #'],
    episodes: ['Episode #', 'Kapittel #'],
    limited: ['Miniserie'],
  },
  fi: {
    seasons: ['Kausi #', '#. kausi'],
    parts: ['Osa #', 'Kirja #'],
    episodes: ['Jakso #', 'Luku #'],
    limited: ['Minisarja'],
  },
  pl: {
    seasons: ['Sezon #'],
    parts: ['Część #', 'Cz. #', 'Tom #'],
    episodes: ['Odcinek #', 'Rozdział #'],
    limited: ['Miniserial', 'Serial limitowany'],
  },
  is: {
    seasons: ['Tímabil #', '#. þáttaröð'],
    episodes: ['Þáttur #', '#. þáttur'],
    limited: ['Miniseries'],
  },
  cs: {
    seasons: ['#. řada', 'Řada #', '#. série'],
    parts: ['#. část', 'Část #', 'Kniha #'],
    episodes: ['#. díl', 'Díl #', 'Epizoda #', '#. kapitola'],
    limited: ['Minisérie'],
  },
  sk: {
    seasons: ['#. séria', 'Séria #', '#. sezóna'],
    parts: ['#. časť'],
    episodes: ['#. epizóda', '#. diel'],
    limited: ['Minisérie', 'Limitovaná séria'],
  },
  hu: {
    seasons: ['#. évad'],
    parts: ['#. rész', '#. kötet'],
    episodes: ['#. epizód', '#. fejezet'],
    limited: ['Minisorozat'],
  },
  ro: {
    seasons: ['Sezonul #', 'Sezon #'],
    parts: ['Partea #', 'Volumul #', 'Partea a #-a'],
    episodes: ['Episodul #', 'Capitolul #'],
    limited: ['Miniserie'],
  },
  hr: {
    seasons: ['#. sezona', 'Sezona #'],
    parts: ['#. dio', 'Knjiga #'],
    episodes: ['#. epizoda', 'Epizoda #', '#. poglavlje'],
    limited: ['Miniserija'],
  },
  tr: {
    seasons: ['#. Sezon', 'Sezon #', '#.Sezon'],
    parts: ['#. Kısım', 'Kısım #'],
    episodes: ['#. Bölüm', 'Bölüm #'],
    limited: ['Mini Dizi'],
  },
  ru: {
    seasons: ['Сезон #', '#-й сезон', '# сезон'],
    parts: ['Часть #', 'Том #'],
    episodes: ['Серия #', '#-я серия', 'Эпизод #', 'Глава #'],
    limited: ['Мини-сериал'],
  },
  uk: {
    seasons: ['Сезон #', '#-й сезон'],
    parts: ['Частина #'],
    episodes: ['Серія #', 'Епізод #', 'Розділ #'],
    limited: ['Мінісеріал'],
  },
  bg: {
    seasons: ['Сезон #'],
    parts: ['Част #'],
    episodes: ['Епизод #', 'Серия #', 'Глава #'],
    limited: ['Минисериал'],
  },
  el: {
    seasons: ['Σεζόν #', '#ος κύκλος', 'Κύκλος #'],
    parts: ['Μέρος #', 'Τόμος #'],
    episodes: ['Επεισόδιο #', 'Κεφάλαιο #'],
    limited: ['Μίνι σειρά'],
  },
  he: { seasons: ['עונה #'], parts: ['חלק #', 'ספר #'], episodes: ['פרק #'], limited: ['סדרה מוגבלת', 'מיני-סדרה'] },
  ar: {
    seasons: ['الموسم #', 'موسم #'],
    parts: ['الجزء #'],
    episodes: ['الحلقة #', 'الفصل #'],
    limited: ['مسلسل قصير', 'مسلسل محدود'],
  },
  hi: { seasons: ['सीज़न #'], parts: ['भाग #'], episodes: ['एपिसोड #', 'अध्याय #'], limited: ['लिमिटेड सीरीज़'] },
  th: {
    seasons: ['ซีซั่น #', 'ซีซัน #', 'ซีซั่นที่ #', 'ปี #', 'ซีซั่น#'],
    parts: ['ภาค #', 'พาร์ท #'],
    episodes: ['ตอน #', 'ตอนที่ #', 'บทที่ #', 'EP#'],
    limited: ['ลิมิเต็ดซีรีส์', 'มินิซีรีส์'],
  },
  vi: {
    seasons: ['Mùa #', 'Mùa thứ #'],
    parts: ['Phần #', 'Quyển #'],
    episodes: ['Tập #', 'Chương #'],
    limited: ['Phim ngắn tập', 'Loạt phim giới hạn'],
  },
  id: {
    seasons: ['Musim #', 'Musim ke-#'],
    parts: ['Bagian #'],
    episodes: ['Episode #', 'Bab #'],
    limited: ['Seri Terbatas', 'Miniseri'],
  },
  ms: {
    seasons: ['Musim #'],
    parts: ['Bahagian #', 'Jilid #'],
    episodes: ['Episod #', 'Bab #'],
    limited: ['Siri Terhad'],
  },
  ja: {
    seasons: ['シーズン#', 'シーズン #', '第#シリーズ', '第#シーズン', '第#期'],
    parts: ['パート#', '第#部', 'Part #'],
    episodes: ['エピソード#', '第#話', '#話', 'チャプター#', '第#章'],
    limited: ['リミテッドシリーズ', 'ミニシリーズ'],
  },
  ko: {
    seasons: ['시즌 #', '시즌#', '제#시즌'],
    parts: ['파트 #', '파트#', '제#부'],
    episodes: ['#화', '제#화', '#회', '에피소드 #', '챕터 #'],
    limited: ['리미티드 시리즈', '미니시리즈'],
  },
  zh: {
    seasons: ['第#季', '第 # 季'],
    parts: ['第#部', '第#卷'],
    episodes: ['第#集', '第 # 集', '第#话', '第#章'],
    limited: ['迷你剧', '限定剧', '迷你影集'],
  },
}
const SEPARATORS = [': ', ' : ', '：', '\u00A0: ', ':']
const NUMBERS = [1, 2, 3, 7, 10, 12, 24]

t.test('at least 99% of the rows with a season are read in each language', async (t) => {
  let total = 0
  let readTotal = 0
  const shares: string[] = []
  for (const [language, { seasons, parts = [], episodes }] of Object.entries(LOCALES)) {
    let read = 0
    let rows = 0
    for (const season of [...seasons, ...parts]) {
      for (const episode of [...episodes, 'A Name']) {
        for (const number of NUMBERS) {
          const separator = SEPARATORS[rows % SEPARATORS.length] ?? ': '
          const name = episode.replace('#', String(number + 1))
          const text = ['Show', season.replace('#', String(number)), name].join(separator)
          const parsed = parseNetflixTitle(text).find(({ kind, titleName }) => kind === 'show' && titleName === 'Show')
          const isRead = parsed?.season === number && parsed.episode === (episode === 'A Name' ? null : number + 1) &&
            (episode !== 'A Name' || parsed.episodeNames.includes('A Name'))
          if (!isRead) t.comment(`not read: ${text}`)
          rows++
          if (isRead) read++
        }
      }
    }
    shares.push(`${language} ${(100 * read / rows).toFixed(1)}%`)
    t.ok(read >= rows * 0.99, `${language}: ${read} of ${rows} rows`)
    total += rows
    readTotal += read
  }
  t.comment(`${shares.length} languages, ${readTotal} of ${total} rows: ${shares.join(', ')}`)
})

t.test('a limited series has one season, and its parts are its episodes', async (t) => {
  for (const [language, { limited, parts = [], episodes }] of Object.entries(LOCALES)) {
    for (const name of limited) {
      t.ok(isLimitedSeries(name), `${language}: ${name}`)
      for (const episode of [...parts, ...episodes]) {
        const text = `Show: ${name}: ${episode.replace('#', '2')}`
        t.match(parseNetflixTitle(text).find(({ kind }) => kind === 'show'), { season: 1, episode: 2 }, text)
      }
    }
  }
})

t.test('numbers are read in words, ordinals, other digits and Roman numerals', async (t) => {
  const table: Array<[text: string, kind: string, number: number]> = [
    ['Season One', 'season', 1],
    ['Part II', 'part', 2],
    ['Second Season', 'season', 2],
    ['2nd Season', 'season', 2],
    ['Zweite Staffel', 'season', 2],
    ['Première saison', 'season', 1],
    ['Segunda temporada', 'season', 2],
    ['Terza stagione', 'season', 3],
    ['Druhá řada', 'season', 2],
    ['İkinci Sezon', 'season', 2],
    ['İKİNCİ SEZON', 'season', 2],
    ['Второй сезон', 'season', 2],
    ['الموسم الثاني', 'season', 2],
    ['الموسم ٢', 'season', 2],
    ['فصل ۲', 'season', 2],
    ['सीज़न २', 'season', 2],
    ['ซีซั่น ๒', 'season', 2],
    ['第二季', 'season', 2],
    ['第十二季', 'season', 12],
    ['第二十三集', 'episode', 23],
    ['シーズン２', 'season', 2],
    ['עונה ב׳', 'season', 2],
    ['עונה שנייה', 'season', 2],
    ['Chapter Twelve', 'episode', 12],
    ['Season 2 (Dubbed)', 'season', 2],
    ['Season 4 Volume 1', 'season', 4],
    ['S2', 'season', 2],
    ['T2', 'season', 2],
  ]
  for (const [text, kind, number] of table) t.match(parseMarker(text), { kind, number }, text)
  for (
    const text of ['', 'Pilot', 'The One', 'Seven', 'Book', '2', '24', 'Part', 'Love Story 2', "Ocean's Eleven", 'i']
  ) {
    t.equal(parseMarker(text), null, text)
  }
})

t.test('an episode name may follow its number', async (t) => {
  const table: Array<[text: string, season: number, episode: number, name: string]> = [
    ['Show: Season 2: Chapter Two: The Name', 2, 2, 'The Name'],
    ['Show: 시즌 2: 3화 이름', 2, 3, '이름'],
    ['Show: シーズン2: 第3話 名前', 2, 3, '名前'],
    ['Show: Season 2: Episode 3 – The Name', 2, 3, 'The Name'],
    ['Show: Staffel 2: Der Name (Folge 3)', 2, 3, 'Der Name'],
    ['Show：第2季：名字（第3集）', 2, 3, '名字'],
    ['Show: Show 2: The Name (Episode 3)', 2, 3, 'The Name'],
  ]
  for (const [text, season, episode, name] of table) {
    const parsed = parseNetflixTitle(text).find(({ kind, titleName }) => kind === 'show' && titleName === 'Show')
    t.match(parsed, { season, episode }, text)
    t.ok(parsed?.episodeNames.includes(name), `${text}: ${parsed?.episodeNames.join(' | ')}`)
  }
})
