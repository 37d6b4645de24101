// Words for seasons, parts, episodes and numbers in the languages of Netflix. Spelling variants are listed; case,
// accents, spaces and the position of the number do not matter.

/** Words for a season. */
const SEASONS = `
  s t season seasons series saison staffel temporada temporadas temp stagione stagioni serie serien série séries
  seizoen
  säsong sæson sesong serija serije sarja kausi tuotantokausi évad évada sezon sezonu sezóna sezona sezony sezonas
  sezonul sezoane série séria seria řada řady rada hooaeg þáttaröð tímabil denboraldia denboraldi tempada
  сезон сезона сезони сезоны серије σεζόν σαιζόν κύκλος עונה עונת الموسم موسم فصل سیزن
  सीज़न सीजन सीझन सत्र সিজন சீசன் సీజన్ സീസൺ ಸೀಸನ್ સિઝન ਸੀਜ਼ਨ
  シーズン シリーズ 期 シリーズ目 季 시즌 시리즈 기 ซีซั่น ซีซัน ซีซั่นที่ ซีซันที่ ฤดูกาล ฤดูกาลที่ ปี ปีที่ mùa musim seri siri panahon
`
/** Words that replace the season, but are not always numbered like one. */
const PARTS = `
  part parts parte partes partie teil deel del delen bind volume volumes vol volumul volumen volym volum bok book
  books buch boek
  bog libro livro llibre llibro livre carte cartea kniha knjiga księga kirja könyv kitap kitob
  collection collezione colección coleção collectie kolekce kolekcja kolekcija koleksiyon koleksi samling kokoelma
  sammlung gyűjtemény colecția colecție část části časť časti część części cz dio deo partea rész kötet osa dalis daļa
  kısım
  cilt tom tome tomo svazek zväzek zvezek svezak rocznik phần bagian bahagian jilid
  часть части частина част дио део книга том τόμος μέρος βιβλίο συλλογή חלק ספר כרך الجزء جزء الكتاب كتاب مجلد بخش
  भाग खंड পর্ব பாகம் భాగం
  パート 部 巻 篇 編 卷 册 冊 辑 輯 ボリューム コレクション ブック 파트 부 권 볼륨 컬렉션 ภาค ภาคที่ เล่ม พาร์ท quyển sách
`
/** Words for an episode or a chapter. */
const EPISODES = `
  episode episodes ep eps epi e épisode épisodes episodio episodios episódio episódios episodi folge folgen aflevering
  odcinek odc avsnitt afsnit jakso epizod epizoda epizóda epizode epizód epizodas episod episodul episoade episodi
  díl diel dil þáttur sērija serija dily rozdział rozdzial bölüm bolum atala kapitulua kapitulu osa
  chapter chapters chap chapitre chapitres kapitel kap capítulo capítulos cap capitolo capitol capitolul kapitola
  kapitoly kapitulo kapittel hoofdstuk poglavlje fejezet luku peatükk nodaļa skyrius bab kabanata tập chương
  эпизод эпизода серия серии серія серії епізод епизод епизода глава розділ епизоди επεισόδιο επ κεφάλαιο
  פרק פרקים الحلقة حلقة الفصل قسمت एपिसोड कड़ी अध्याय এপিসোড எபிசோட் ఎపిసోడ్
  エピソード エピ チャプター 話 话 集 回 章 話目 夜 화 회 에피소드 편 장 챕터 ตอน ตอนที่ บท บทที่ อีพี เอพิโสด
`
/** A show of one season. Compared without spaces and hyphens. */
const LIMITED_SERIES = `
  limitedseries miniseries miniserie miniserien minisèrie minisería serielimitada serielimitata sérielimitée
  séríelimitada
  minisérie minissérie sérielimitada limitiertedserie limitierteserie begrenzteserie begrænsetserie begrensetserie
  begränsadserie beperkteserie minisarja rajoitettusarja minisorozat limitáltsorozat miniseriál minisérie minizorozat
  limitovanásérie limitovanáséria miniserija miniseria miniserial seriallimitowany limitowanyserial minidizi
  sınırlıdizi
  miniserielimitată serielimitată seriallimitat seriterbatas siriterhad miniseri minisiri phimngắntập loạtphimgiớihạn
  phimgiớihạn minisuguitza минисериал мінісеріал миниподредица минипоредица ограниченнаясерия ограниченныйсериал
  минисерија μίνισειρά σειράπεριορισμένωνεπεισοδίων περιορισμένησειρά סדרהמוגבלת מיניסדרה סדרתמיני
  مسلسلقصير مسلسلمحدود سلسلةمحدودة حلقاتمحدودة مسلسلمحدودالحلقات سریالکوتاه
  लिमिटेडसीरीज़ सीमितसीरीज़ मिनीसीरीज़ লিমিটেডসিরিজ லிமிடெட்சீரிஸ்
  リミテッドシリーズ ミニシリーズ 限定シリーズ 迷你剧 迷你劇 限定剧 限定劇 迷你影集 限定影集 短剧集 短劇集
  리미티드시리즈 미니시리즈 한정시리즈 ลิมิเต็ดซีรีส์ ลิมิเต็ดซีรี่ส์ มินิซีรีส์ มินิซีรี่ส์ ซีรีส์จำกัดตอน
`
/** Marks of an ordinal number, articles and abbreviations of "number". */
const FILLERS = `
  a o e er re ere eme ème st nd rd th de ste ª º й я ая ой ый го ша та ге ές ος η ο ης ου i in inci ıncı nci ncı üncü
  uncu
  ci cı cü cu go ta 第 제 目 ที่ no nr nro num núm número numero numer n č čís thứ ke the la el le al der die das den det
  в на ال na
`
/** Numbers from 1 in words: cardinals and ordinals. */
const NUMBERS = [
  'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen',
  'first second third fourth fifth sixth seventh eighth ninth tenth',
  'eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf',
  'erste zweite dritte vierte fünfte sechste siebte achte neunte zehnte',
  'erster zweiter dritter vierter fünfter sechster siebter achter neunter zehnter',
  'erstes zweites drittes viertes fünftes sechstes siebtes achtes neuntes zehntes',
  'un deux trois quatre cinq six sept huit neuf dix onze douze',
  'premier deuxième troisième quatrième cinquième sixième septième huitième neuvième dixième',
  'première seconde',
  'uno dos tres cuatro cinco seis siete ocho nueve diez once doce',
  'primero segundo tercero cuarto quinto sexto séptimo octavo noveno décimo',
  'primera segunda tercera cuarta quinta sexta séptima octava novena décima',
  'um dois três quatro cinco seis sete oito nove dez onze doze',
  'uma duas',
  'primeira segunda terceira quarta quinta sexta sétima oitava nona décima',
  'primeiro segundo terceiro quarto quinto sexto sétimo oitavo nono décimo',
  'uno due tre quattro cinque sei sette otto nove dieci undici dodici',
  'prima seconda terza quarta quinta sesta settima ottava nona decima',
  'primo secondo terzo quarto quinto sesto settimo ottavo nono decimo',
  'een twee drie vier vijf zes zeven acht negen tien',
  'eerste tweede derde vierde vijfde zesde zevende achtste negende tiende',
  'ett två tre fyra fem sex sju åtta nio tio',
  'første anden tredje fjerde femte sjette syvende ottende niende tiende',
  'första andra tredje fjärde femte sjätte sjunde åttonde nionde tionde',
  'en to tre fire fem seks syv otte ni ti',
  'ensimmäinen toinen kolmas neljäs viides kuudes seitsemäs kahdeksas yhdeksäs kymmenes',
  'yksi kaksi kolme neljä viisi kuusi seitsemän kahdeksan yhdeksän kymmenen',
  'jeden dwa trzy cztery pięć sześć siedem osiem dziewięć dziesięć',
  'pierwszy drugi trzeci czwarty piąty szósty siódmy ósmy dziewiąty dziesiąty',
  'pierwsza druga trzecia czwarta piąta szósta siódma ósma dziewiąta dziesiąta',
  'první druhá třetí čtvrtá pátá šestá sedmá osmá devátá desátá',
  'první druhý třetí čtvrtý pátý šestý sedmý osmý devátý desátý',
  'prvá druhá tretia štvrtá piata šiesta siedma ôsma deviata desiata',
  'jedna dva tři čtyři pět šest sedm osm devět deset',
  'egy kettő három négy öt hat hét nyolc kilenc tíz',
  'első második harmadik negyedik ötödik hatodik hetedik nyolcadik kilencedik tizedik',
  'unu doi trei patru cinci șase șapte opt nouă zece',
  'întâi doilea treilea patrulea cincilea șaselea șaptelea optulea nouălea zecelea',
  'prvi drugi treći četvrti peti šesti sedmi osmi deveti deseti',
  'prva druga treća četvrta peta šesta sedma osma deveta deseta',
  'bir iki üç dört beş altı yedi sekiz dokuz on',
  'birinci ikinci üçüncü dördüncü beşinci altıncı yedinci sekizinci dokuzuncu onuncu',
  'один два три четыре пять шесть семь восемь девять десять',
  'первый второй третий четвертый пятый шестой седьмой восьмой девятый десятый',
  'первая вторая третья четвертая пятая шестая седьмая восьмая девятая десятая',
  'перший другий третій четвертий пятий шостий сьомий восьмий девятий десятий',
  'перша друга третя четверта пята шоста сьома восьма девята десята',
  'първи втори трети четвърти пети шести седми осми девети десети',
  'ένα δύο τρία τέσσερα πέντε έξι επτά οκτώ εννέα δέκα',
  'πρώτος δεύτερος τρίτος τέταρτος πέμπτος έκτος έβδομος όγδοος ένατος δέκατος',
  'πρώτη δεύτερη τρίτη τέταρτη πέμπτη έκτη έβδομη όγδοη ένατη δέκατη',
  'ראשונה שנייה שלישית רביעית חמישית שישית שביעית שמינית תשיעית עשירית',
  'ראשון שני שלישי רביעי חמישי שישי שביעי שמיני תשיעי עשירי',
  'א ב ג ד ה ו ז ח ט י',
  'الأول الثاني الثالث الرابع الخامس السادس السابع الثامن التاسع العاشر',
  'الأولى الثانية الثالثة الرابعة الخامسة السادسة السابعة الثامنة التاسعة العاشرة',
  'اول دوم سوم چهارم پنجم ششم هفتم هشتم نهم دهم',
  'satu dua tiga empat lima enam tujuh delapan sembilan sepuluh',
  'pertama kedua ketiga keempat kelima keenam ketujuh kedelapan kesembilan kesepuluh',
  'một hai ba bốn năm sáu bảy tám chín mười',
  'หนึ่ง สอง สาม สี่ ห้า หก เจ็ด แปด เก้า สิบ',
  '하나 둘 셋 넷 다섯 여섯 일곱 여덟 아홉 열',
  'i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx',
]

const splitWords = (text: string): string[] => text.trim().split(/\s+/u)

export type MarkerKind = 'season' | 'part' | 'episode'

/** Words in their own spelling, by what they mark. A word that marks two things is listed under the first. */
export const MARKER_WORDS: ReadonlyArray<readonly [kind: MarkerKind, words: readonly string[]]> = [
  ['season', splitWords(SEASONS)],
  ['part', splitWords(PARTS)],
  ['episode', splitWords(EPISODES)],
]
export const LIMITED_SERIES_WORDS: readonly string[] = splitWords(LIMITED_SERIES)
/** Names of the season of specials. */
export const SPECIALS_WORDS: readonly string[] = splitWords(
  'specials especiales especiais spéciaux speciali sonderfolgen sonderepisoden speciale specjalne özel спецвыпуски',
)
export const FILLER_WORDS: readonly string[] = splitWords(FILLERS)

/** Each list of words counts from 1; the first list with a word decides its number. */
export const NUMBER_WORDS: ReadonlyArray<readonly string[]> = NUMBERS.map(splitWords)
