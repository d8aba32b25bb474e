// Functions of the kernel that are on everybody's way: to blame them says nothing.
import type { FrameFact } from './frames.ts';

/**
 * Functions of the kernel proper that everyone calls with pointers of their own: who called them is asked instead.
 * lib/string.c, arch/x86/lib, lib/list_debug.c, lib/rbtree.c, lib/refcount.c, kernel/locking, mm/slub.c, mm/usercopy.c,
 * net/core/skbuff.c, kernel/sched/{wait,completion}.c, kernel/workqueue.c, kernel/time/timer.c, kernel/panic.c (5.10 to 7.2).
 */
const HELPERS = [
  /^(?:__)?mem(?:cpy|set|move|cmp|chr|scan|dup)\w*$/,
  /^(?:__)?k?str(?:n?len|n?cpy|lcpy|scpy\w*|n?cat|lcat|n?cmp|n?casecmp|n?chr|rchr|chrnul|n?str|c?spn|sep|pbrk|n?dup)$/,
  /^__list_(?:add|del_entry)_valid\w*$|^list_(?:add|del)\w*$/,
  /^rb_(?:insert_color|erase\w*|next|prev|first\w*|last\w*|replace_node\w*)$/,
  /^_?raw_(?:spin|read|write)_\w+$|^native_queued_spin_lock_slowpath$|^queued_(?:read|write)_lock_slowpath$/,
  /^(?:__)?(?:mutex|rt_mutex|ww_mutex)_\w*lock\w*$|^(?:__)?(?:down|up)(?:_(?:read|write|interruptible|killable|trylock|timeout)\w*)?$/,
  /^_*slab_(?:free|alloc)\w*$|^do_slab_free$|^free_to_(?:pcs|partial_list)\w*$|^cache_from_obj$|^set_freepointer$/,
  /^(?:k|kv|v)free\w*$|^(?:__)?kv?malloc\w*$|^kmem_cache_\w+$/,
  /^refcount_\w+$|^kref_\w+$|^(?:_|__)?copy_(?:to|from)_user\w*$|^(?:clear|copy)_page\w*$/,
  /^usercopy_abort$|^__check_object_size$|^__?fortify_(?:panic|report)$|^skb_(?:over_|under_)?panic$|^skb_p(?:ut|ush|ull)\w*$/,
  /^(?:__)?wake_up\w*$|^swake_up\w*$|^complete(?:_all)?$|^(?:__)?queue_(?:delayed_)?work\w*$|^(?:__)?mod_timer\w*$|^add_timer\w*$/,
  /^__WARN_trap$|^warn_slowpath_fmt$|^__warn_printk$/,
];

/**
 * Functions that call what others registered. kernel/time/timer.c, kernel/time/hrtimer.c, kernel/workqueue.c,
 * kernel/softirq.c, kernel/notifier.c, kernel/irq/handle.c, kernel/rcu/tree.c, kernel/kthread.c (5.10 to 7.2)
 */
const CALLERS_OF_OTHERS =
  /^(?:call_timer_fn|expire_timers|__run_timers|__hrtimer_run_queues|process_one_work|tasklet_action\w*|workqueue_softirq_action|notifier_call_chain|__handle_irq_event_percpu|irq_thread\w*|rcu_do_batch|kthread|handle_softirqs|__do_softirq)$/;

export const isHelper = ({
  function: name,
  module,
}: Pick<FrameFact, 'function' | 'module'>): boolean =>
  module === null && HELPERS.some((pattern) => pattern.test(name ?? ''));

export const callsOthers = ({ function: name }: Pick<FrameFact, 'function'>): boolean =>
  CALLERS_OF_OTHERS.test(name ?? '');
