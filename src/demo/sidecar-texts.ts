// Subtitles and seek thumbnails of the demo clips. The image of the thumbnails has a picture each two seconds of a
// clip.
import { buildThumbnailIndex } from '../media/sidecar/thumbnail-index.js'
import { CLIP_DURATION_MS } from './media-plan.js'

export const SUBTITLE_LANGUAGES = ['en', 'es'] as const
export type SubtitleLanguage = typeof SUBTITLE_LANGUAGES[number]

const LINES: Readonly<Record<SubtitleLanguage, readonly string[]>> = {
  en: [
    'Welcome to NormFlix.',
    'Stop whenever you like:\nthe position is saved to the millisecond.',
    'Continue on another device.',
    'It starts at the same moment.',
    'Change the language and the quality\nwhile you watch.',
    'Each profile has a history of its own.',
    'The seek bar shows pictures.',
    'Now the credits begin,',
    'and the next episode is offered.',
  ],
  es: [
    'Bienvenidos a NormFlix.',
    'Para cuando quieras:\nla posición se guarda al milisegundo.',
    'Continúa en otro dispositivo.',
    'Empieza en el mismo momento.',
    'Cambia el idioma y la calidad\nmientras ves la película.',
    'Cada perfil tiene su propio historial.',
    'La barra de búsqueda muestra imágenes.',
    'Ahora empiezan los créditos,',
    'y se ofrece el siguiente episodio.',
  ],
}
/** A line starts every six seconds and stays for five. */
const [LINE_INTERVAL_MS, LINE_DURATION_MS] = [6_000, 5_000]
/** Pixels, and pictures per row of the image. */
const [PICTURE_WIDTH, PICTURE_HEIGHT, COLUMNS] = [160, 90, 6]
const PICTURE_INTERVAL_MS = 2_000

/** The subtitles of a clip as WebVTT. */
export function writeSubtitles (language: SubtitleLanguage): string {
  const cues = LINES[language].map((text, i) => {
    const start = 1_000 + i * LINE_INTERVAL_MS
    return `${formatTime(start)} --> ${formatTime(start + LINE_DURATION_MS)}\n${text}\n`
  })
  return ['WEBVTT\n', ...cues].join('\n')
}

/** The index of the seek thumbnails as WebVTT. */
export function thumbnailIndex (): string {
  return buildThumbnailIndex({
    durationMs: CLIP_DURATION_MS,
    intervalMs: PICTURE_INTERVAL_MS,
    columns: COLUMNS,
    width: PICTURE_WIDTH,
    height: PICTURE_HEIGHT,
  })
}

/** Clips are a minute long. */
const formatTime = (ms: number): string => `00:${new Date(ms).toISOString().slice(14, 23)}`
