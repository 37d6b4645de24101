#!/usr/bin/env bash
# Creates the media files in this folder (ffmpeg 5 or newer with libx264, libx265 and truehd).
set -eu
FF="ffmpeg -v error -y -threads 1"; V="-f lavfi -i color=c=gray:s=64x36:r=4:d=12"; A="-f lavfi -i anullsrc=r=8000:cl=mono"; X="-c:v libx264 -preset ultrafast -g 8 -pix_fmt yuv420p"; S="-c:a aac -b:a 8k"
$FF -f lavfi -i color=c=gray:s=64x36:r=1:d=12 $A -t 12 -c:v libx264 -preset ultrafast -g 2 -pix_fmt yuv420p $S -muxdelay 0 -muxpreload 0 -mpegts_m2ts_mode 0 -output_ts_offset 600 -f mpegts starts-at-600s.m2ts
$FF $V $A -t 12 $X $S -output_ts_offset 5 starts-at-5s.mkv
$FF -f lavfi -i testsrc=s=64x36:r=1:d=40 $A -t 40 $X $S -f matroska whole.mkv; head -c $(( $(stat -c %s whole.mkv) / 2 )) whole.mkv > half.mkv; rm whole.mkv
$FF $V -f lavfi -i anullsrc=r=8000:cl=mono -f lavfi -i anullsrc=r=48000:cl=stereo -t 4 -map 0:v -map 1:a -map 2:a $X -c:a:0 aac -b:a:0 8k -c:a:1 truehd -strict -2 -metadata:s:a:0 language=eng -metadata:s:a:1 language=ger aac-and-truehd.mkv
$FF $V $A -t 6 -c:v libx265 -preset ultrafast -x265-params "log-level=none:keyint=8:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:repeat-headers=1" -pix_fmt yuv420p10le -color_primaries bt2020 -color_trc smpte2084 -colorspace bt2020nc -tag:v hvc1 $S hdr10-hvc1.mp4
$FF -f lavfi -i color=c=gray:s=64x36:r=4:d=12 $A -t 12 -c:v libx264 -preset ultrafast -g 20 -pix_fmt yuv420p $S long.mp4; $FF -ss 2.3 -i long.mp4 -c copy trimmed.mp4; rm long.mp4
$FF $V -itsoffset 3 -f lavfi -i anullsrc=r=8000:cl=mono -t 12 -map 0:v -map 1:a $X $S audio-starts-at-3s.mp4
$FF -f lavfi -i color=c=gray:s=64x36:r=4 -frames:v 1 $X one-picture.mp4
$FF -f lavfi -i color=c=gray:s=64x36:r=2:d=6 $A -t 6 -c:v libx264 -preset ultrafast -g 4 -pix_fmt yuv420p $S -muxdelay 0 -muxpreload 0 -mpegts_m2ts_mode 0 -pat_period 10 -sdt_period 10 -output_ts_offset 95440 -f mpegts clock-overflows.m2ts
printf '1\n00:00:01,000 --> 00:00:02,000\nHallo\n' > line.srt; T="-i line.srt -i line.srt -map 0 -map 1 -map 2 -map 3 -t 4"; L="-metadata:s:s:0 language=ger -metadata:s:s:1 language=eng"
$FF $V $A $T $X $S -c:s:0 ass -c:s:1 srt $L -metadata:s:s:1 title=SDH embedded-subtitles.mkv
$FF $V $A $T $X $S -c:s mov_text $L embedded-subtitles.mp4; rm line.srt
# Subtitles of every kind; mkvmerge compresses them and indexes them.
printf '1\n00:00:01,000 --> 00:00:02,500\n<i>Grüße</i>\nzwei Zeilen\n\n2\n00:00:04,000 --> 00:00:05,000\n1 < 2 & 3\n' > de.srt
printf '[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding\nStyle: Default,Arial,20,&H00FFFFFF,&H0,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,1\nStyle: Top,Arial,20,&H00FFFFFF,&H0,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,8,10,10,10,1\n\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\nDialogue: 0,0:00:01.00,0:00:02.50,Default,Kim,0,0,0,,{\\i1}Hello{\\i0}, Kim\\Nsecond line\nComment: 0,0:00:02.00,0:00:03.00,Default,,0,0,0,,not shown\nDialogue: 0,0:00:04.00,0:00:05.00,Top,,0,0,0,,{\\an8\\fad(1,1)}Sign\nDialogue: 0,0:00:05.00,0:00:06.00,Default,,0,0,0,,{\\p1}m 0 0 l 100 0{\\p0}\n' > en.ass
printf 'WEBVTT\n\n00:01.000 --> 00:02.500 line:0\n<i>Bonjour</i>\n\n00:04.000 --> 00:05.000\nA &amp; B\n' > fr.vtt
G="-metadata:s:s:0 language=ger"; F="-metadata:s:s:1 language=fre"
$FF $V $A -i de.srt -i en.ass -i fr.vtt -map 0:v -map 1:a -map 2:s -map 3:s -map 4:s -t 8 $X $S -c:s:0 srt -c:s:1 ass -c:s:2 webvtt $G -metadata:s:s:1 language=eng -metadata:s:s:2 language=fre -metadata:s:s:1 title="Signs" -disposition:s:1 forced -metadata:s:s:2 title="Français SDH" text-subtitles.mkv
$FF $V $A -i de.srt -i fr.vtt -map 0:v -map 1:a -map 2:s -map 3:s -t 8 $X $S -c:s mov_text $G $F text-subtitles.mp4
$FF $V $A -i de.srt -map 0:v -map 1:a -map 2:s -t 8 $X $S -c:s mov_text $G -movflags frag_keyframe+empty_moov+default_base_moof fragmented-subtitles.mp4
$FF -f lavfi -i color=c=gray:s=64x36:r=4:d=8 -i fr.vtt -map 0:v -map 1:s -t 8 -c:v libvpx -b:v 5k -c:s webvtt -metadata:s:s:0 language=fre text-subtitles.webm
$FF $V $A -i de.srt -map 0:v -map 1:a -map 2:s -t 8 $X $S -c:s srt $G -live 1 -f matroska live-subtitles.mkv
mkvmerge -q -o zlib-subtitles.mkv -A --compression -1:none text-subtitles.mkv --language 0:ger --compression 0:zlib --forced-display-flag 0:yes de.srt
$FF -i starts-at-600s.m2ts -c copy -mpegts_m2ts_mode 1 -f mpegts disc.m2ts; rm de.srt en.ass fr.vtt
