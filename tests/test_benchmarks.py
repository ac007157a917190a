"""What the benchmarks are made of: a generated cluster is one to kubetui, and graphs are drawn to scale."""

import zlib
from pathlib import Path
from xml.etree import ElementTree

from benchmarks.generator.pods import Pod
from benchmarks.generator.talker import log
from benchmarks.generator.world import BLOCK, World
from benchmarks.graph import GRAPHS, draw
from benchmarks.logs import Followed, report
from benchmarks.measures import Figures
from benchmarks.programs import Program
from benchmarks.table import markdown
from kubetui.client.gunzip import Gunzip
from kubetui.client.loglines import LineReader
from kubetui.client.protobuf import decoder
from kubetui.client.wireprotobuf import ProtobufListReader, ProtobufWatchReader
from kubetui.kinds import pod

MANY = BLOCK + 20


def listed(world: World, limit: int = 0, *, compressed: bool) -> ProtobufListReader[pod.Pod]:
    """The reader of a list, with what it read as its items."""
    size, parts = world.page(limit, compressed=compressed)
    body = b"".join(parts)
    assert len(body) == size
    gunzip = Gunzip("here")
    reader = ProtobufListReader(decoder(pod.Pod))
    names = [
        each.metadata.name for piece in (gunzip.feed(body) if compressed else [body]) for each in reader.feed(piece)
    ]
    assert list(reader.finish()) == []
    assert names == [each.name for each in (world.pods[:limit] if limit else world.pods)]
    return reader


def test_a_generated_list_is_read_whole_and_in_pages_compressed_and_not() -> None:
    world = World(MANY)
    for compressed in (True, False):
        assert not listed(world, compressed=compressed).meta.continue_
        assert listed(world, 100, compressed=compressed).meta.continue_


def test_a_list_is_of_now_after_events_that_a_watch_tells() -> None:
    world = World(MANY)
    listed(world, compressed=True)
    before = world.version
    world.create(Pod("aaa", "new-0-0", "uid", 0, "node-0000", 0, 0))
    world.change()
    world.delete("aaa", "new-0-0")
    listed(world, compressed=True)
    reader = ProtobufWatchReader(decoder(pod.Pod))
    events = [event for frame in world.since(before) for event in reader.feed(frame)]
    assert [event.type for event in events] == ["ADDED", "MODIFIED", "DELETED"]
    assert [event.resource_version for event in events] == [str(before + at) for at in (1, 2, 3)]


def test_its_pods_are_of_real_size_and_compress_as_real_ones_do() -> None:
    _, parts = World(MANY).page(0, compressed=False)
    body = b"".join(parts)
    assert 6_000 < len(body) / MANY < 9_000
    assert 5 < len(body) / len(zlib.compress(body, 1)) < 15


def test_a_graph_goes_up_where_a_cost_does() -> None:
    runs = [Figures("kubetui", size, first_row=seconds) for size, seconds in ((1000, 0.2), (5000, None), (50000, 0.4))]
    root = ElementTree.fromstring(draw(GRAPHS[0], runs))
    dots = [each for each in root.iter() if each.tag.endswith("circle")]
    assert [float(each.attrib["cx"]) for each in dots] == sorted(float(each.attrib["cx"]) for each in dots)
    assert float(dots[0].attrib["cy"]) > float(dots[1].attrib["cy"])
    assert "1,000 pods: 0.2 s, 50,000 pods: 0.4 s" in "".join(root.itertext())


def test_a_program_finds_its_settings_in_folders_that_are_gone_after_it() -> None:
    with Program("other", ("other",), settings={"other/config.yaml": "telemetry: false"}).at_home() as alone:
        config = Path(alone.env["XDG_CONFIG_HOME"])
        assert (config / "other/config.yaml").read_text() == "telemetry: false"
    assert not config.exists()


def test_a_table_has_a_row_for_what_was_measured_of_any_program() -> None:
    table = markdown(1000, [Figures("one", 1000, first_row=0.5), Figures("other", 1000, key=0.004)])
    assert table.splitlines()[2:] == ["| exec → first row | 0.50 s | — |", "| key → paint, median | — | 4 ms |"]


def test_a_talker_says_so_many_lines_in_the_order_of_their_stamps() -> None:
    said = LineReader().feed(log(3, 7, 1_700_000_000_999_999_999))
    assert [line.text.split()[0] for line in said] == ["7", "8", "9"]
    assert len({line.time for line in said}) == 3
    assert sorted(line.time for line in said) == [line.time for line in said]


def test_what_was_measured_of_logs_is_a_row_a_run() -> None:
    told = report([Followed(1, 95_000.0, 0.02, 0.045, 99.0, 1_200_000), Followed(50)])
    assert told.splitlines()[2:] == [
        "| 1 container | 95,000 | 20 ms | 45 ms | 99 % | 1,200,000 |",
        "| 50 containers | — | — | — | — | — |",
    ]
