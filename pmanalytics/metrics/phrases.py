"""The words by which a title of an action item shows that it may not be ready to be worked on.

The lists are short on purpose: a title that is named without need costs more trust than one that is
missed. A word that is also a word of another language counts only beside English ones.
"""

from typing import Final

__all__ = [
    "CARE", "COMMON_ENGLISH", "NO_VERB", "NO_VERB_IN_ENGLISH", "UNSPECIFIC", "VAGUE",
    "VAGUE_AT_END", "VERBS", "any_of",
]  # fmt: skip

BETWEEN: Final = r",?\s+"


def any_of(words: str) -> str:
    r"""A regular expression for any of some words or phrases, separated by commas.

    Examples:
        >>> any_of("look into, see if")
        '(?:look,?\\s+into|see,?\\s+if)'
    """
    return f"(?:{'|'.join(BETWEEN.join(phrase.split()) for phrase in words.split(','))})"


# Verbs that name no end: nobody can tell when they are done.
VAGUE: Final = any_of(
    "investigate,look into,look at,look in to,consider,make sure,ensure,explore,think about,"
    "think of,think through,discuss,improve,evaluate,assess,figure out,see if,see whether,"
    "see how,find out,try to,understand,revisit,check if,check whether,research,brainstorm,"
    "work on,follow up,"
    # German, French, Spanish
    "untersuchen,überlegen,diskutieren,prüfen ob,sicherstellen,étudier,envisager,réfléchir,"
    "explorer,enquêter,discuter,améliorer,s'assurer,investiguer,investigar,considerar,explorar,"
    "estudiar,asegurar,asegurarse,discutir,mejorar,evaluar"
)
# German puts the verb last.
VAGUE_AT_END: Final = any_of(
    "untersuchen,überlegen,diskutieren,besprechen,evaluieren,sicherstellen,verbessern,nachdenken"
)
# Words that no English sentence that asks for work begins with.
NO_VERB: Final = any_of(
    "the,lack of,lacking,better,more,missing,needs,need,need for,we,they,there,this,that,our,"
    "insufficient,poor,improved,additional,possible,potential,why,how,what,when,who,should,"
    "investigation,improvement,improvements,implementation,introduction of,addition of,"
    "creation of"
)
# The same, of words that other languages have too, and of names for an activity.
NO_VERB_IN_ENGLISH: Final = r"(?:a|an|no|all|some|new|[a-z]{4,}ing)"
COMMON_ENGLISH: Final = any_of("the,of,for,to,is,are,when,and,with,from,by,on,at,that,not")
# Work that is named only as the fault that it is to end.
UNSPECIFIC: Final = (
    r"(?:fix|resolve|solve|address|prevent|handle|correct|avoid|mitigate|repair)\s+"
    r"(?:(?:the|this|that|these|those|all|any|such)\s+)?(?:root\s+causes?|"
    r"(?:issue|problem|bug|outage|incident|error|failure|thing)s?|it|them)"
    r"(?:\s+(?:that|which)\s+(?:has\s+|had\s+)?(?:caused|led|triggered|happened|occurred)\b.*"
    r"|(?:\s+(?:of|behind|from|in)\s+(?:the|this)\s+(?:incident|outage))?"
    r"(?:\s+(?:again|properly|permanently|for\s+good|asap|soon))?)"
)
# People cannot be repaired; the system that let them slip can (method, section 9).
CARE: Final = any_of(
    "be more careful,be careful,be more vigilant,be more attentive,be extra careful,"
    "more careful with,pay more attention,pay attention,pay closer attention,try harder,"
    "human error,operator error,do not forget,don't forget,remember to,remind people,"
    "remind everyone,remind everybody,remind engineers,remind developers,remind operators,"
    "remind staff,remind the team,remind the teams,remind all,remind the engineers,"
    "remind the developers,raise awareness,should have known"
)
# Verbs that engineers begin a task with; they show that a short title is English.
VERBS: Final = any_of(
    "accept,add,adjust,adopt,agree,alert,allow,announce,archive,assign,audit,automate,back up,"
    "backport,balance,block,bound,bring,build,bump,cache,cap,change,check,clean up,clear,close,"
    "collect,compare,configure,confirm,connect,convert,copy,correct,cover,create,cut,debug,"
    "decide,declare,decouple,decrease,define,delete,deploy,deprecate,design,detect,disable,"
    "document,drop,enable,encrypt,enforce,escape,expand,expire,explain,expose,extend,fail,fix,"
    "gate,give,guard,handle,harden,hide,implement,import,increase,index,inform,instrument,"
    "install,introduce,isolate,keep,launch,let,limit,list,load test,lock,log,lower,make,map,mark,"
    "measure,merge,migrate,mirror,mitigate,monitor,move,name,notify,open,optimize,optimise,page,"
    "patch,pin,plan,prevent,probe,provide,provision,publish,purge,put,raise,rate limit,read,"
    "rebuild,record,reduce,refactor,reject,release,remove,rename,repair,replace,replicate,report,"
    "require,reset,resize,resolve,restart,restore,restrict,retire,retry,return,review,revoke,"
    "rewrite,roll back,roll out,rotate,route,run,sanitize,scale,schedule,script,send,separate,"
    "serve,set,shard,shift,shorten,show,shut down,simplify,split,stop,store,switch,tag,take,"
    "teach,test,throttle,trace,track,train,trigger,tune,turn off,turn on,unify,update,upgrade,"
    "use,validate,verify,version,warm,warn,wire,wrap,write"
)
