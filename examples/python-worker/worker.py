"""An activity worker in Python: reads tasks from Apache Kafka, runs one after the other, sends their results."""
import collections, json, os, signal, socket, sys, threading, time, urllib.request
from concurrent.futures import ThreadPoolExecutor
from kafka import KafkaConsumer, KafkaProducer, OffsetAndMetadata, TopicPartition
from kafka.coordinator.assignors.range import RangePartitionAssignor
from kafka.errors import CommitFailedError

ACTIVITIES = {"greet": lambda who: f"Hello, {who}, from Python", "nap": lambda seconds: time.sleep(seconds)}
BROKERS, TOPIC = os.environ.get("KAFKA_BROKERS", "127.0.0.1:9092").split(","), f"marathon.activity.{os.environ.get('TASK_QUEUE', 'default')}"
WORKER = f"python-{socket.gethostname()}-{os.getpid()}"
producer = KafkaProducer(bootstrap_servers=BROKERS, acks="all")
consumer = KafkaConsumer(TOPIC, group_id=TOPIC, bootstrap_servers=BROKERS, auto_offset_reset="earliest", enable_auto_commit=False,
                         partition_assignment_strategy=[RangePartitionAssignor], max_poll_records=1, allow_auto_create_topics=False)
threads, waiting = ThreadPoolExecutor(1), collections.deque()

def say(task, key, **message):
    to, value = task["replyTo"], json.dumps({"v": 1, **message}).encode()
    producer.send(to["topic"], partition=to["partition"], key=key.encode(), value=value).get(60)

def input_of(task):
    if "inputAddress" not in task: return task.get("input")
    with urllib.request.urlopen(task["inputAddress"]["url"], timeout=60) as answer: return json.load(answer)

def outcome_of(activity, task):
    try: argument = input_of(task)
    except OSError as error: return {"outcome": "handed-back", "reason": f"the input cannot be read: {error}"}
    try: return {"outcome": "completed", "result": activity(argument)}
    except Exception as error: return {"outcome": "failed", "failure": {"type": type(error).__name__, "message": str(error)}}

def poll(timeout_ms): waiting.extend(record for records in consumer.poll(timeout_ms).values() for record in records)

def run(task):
    attempt = {name: task[name] for name in ("runId", "activitySeq", "attempt")}
    announce = lambda: say(task, task["runId"], type="activity-announced", worker=WORKER, **attempt)
    finish = lambda outcome: say(task, task["runId"], type="activity-finished", **attempt, **outcome)
    activity = ACTIVITIES.get(task["activity"])
    if not activity: return finish({"outcome": "handed-back", "reason": f"this worker knows {', '.join(ACTIVITIES)}"})
    if is_leased := task["announceAtOnce"]: announce()
    due, running = time.monotonic() + 2, threads.submit(outcome_of, activity, task)
    while not running.done():  # polling goes on, so that others can join the group meanwhile
        consumer.pause(*consumer.assignment()) or poll(10)
        if time.monotonic() >= due:
            say(task, WORKER, type="leases-renewed", worker=WORKER, leases=[attempt]) if is_leased else announce()
            is_leased, due = True, time.monotonic() + 2
    finish(running.result())

def commit(record, offset):
    try: consumer.commit({TopicPartition(record.topic, record.partition): OffsetAndMetadata(offset, "", -1)})
    except CommitFailedError: pass  # the partition is another's by now

def task_in(record):
    try:
        task = json.loads(record.value)
        if task["type"] == "activity-task" and task["v"] in (1, 2): return task
    except (ValueError, LookupError, TypeError): pass
    print(f"passes over what is no task that it knows: {record.value[:200]}", file=sys.stderr)

stopping = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stopping.set())  # what has begun is finished, and committed
try:
    while not stopping.is_set():
        if not waiting: consumer.resume(*consumer.assignment()) or poll(500)
        while waiting and not stopping.is_set() and (record := waiting.popleft()):
            commit(record, record.offset)  # before the first task of a partition: others see that somebody has begun with it
            if task := task_in(record): run(task)
            commit(record, record.offset + 1)
finally: consumer.close(autocommit=False)
